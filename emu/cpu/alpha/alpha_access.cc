// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/alpha/alpha_access.h"

#include <algorithm>

namespace retromod {
namespace {

bool may_go_on(AlphaMachine& machine, const AlphaOp& op, GuestAddr address, std::size_t bytes, Unaligned unaligned)
{
    if (address.value % bytes == 0 || unaligned != Unaligned::traps) return true;
    machine.end(op.pc, {StopKind::trap, {op.pc}, {address}, alpha_trap_unaligned});
    return false;
}

} // namespace

bool alpha_read_slowly(AlphaMachine& machine, const AlphaOp& op, GuestAddr address, std::span<std::byte> into,
                       Unaligned unaligned)
{
    if (!may_go_on(machine, op, address, into.size(), unaligned)) return false;
    for (std::size_t done = 0; done < into.size();) {
        const auto host = machine.tlb.fill(address + done, Access::read);
        if (host.empty()) return machine.end_with_fault(op.pc, address + done, Access::read);
        const auto part = std::min(host.size(), into.size() - done);
        std::copy_n(host.begin(), part, into.begin() + static_cast<std::ptrdiff_t>(done));
        done += part;
    }
    return true;
}

bool alpha_write_slowly(AlphaMachine& machine, const AlphaOp& op, GuestAddr address, std::span<const std::byte> from,
                        Unaligned unaligned)
{
    if (!may_go_on(machine, op, address, from.size(), unaligned)) return false;
    auto first = machine.tlb.fill(address, Access::write);
    first = first.first(std::min(first.size(), from.size()));
    std::span<std::byte> second;
    if (first.size() < from.size()) {
        const auto rest = from.size() - first.size();
        second = first.empty() ? first : machine.tlb.fill(address + first.size(), Access::write);
        if (second.size() < rest)
            return machine.end_with_fault(op.pc, address + first.size() + second.size(), Access::write);
    }
    std::copy_n(from.begin(), first.size(), first.begin()); // nothing is stored unless all can be
    std::copy(from.begin() + static_cast<std::ptrdiff_t>(first.size()), from.end(), second.begin());
    return true;
}

} // namespace retromod
