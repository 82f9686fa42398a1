// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/cpu/alpha_instructions.h"
#include "emu/cpu/alpha_registers.h"

namespace retromod {

/// What becomes of an address that is no multiple of the access's size.
enum class Unaligned : std::uint8_t {
    traps,
    repaired, ///< as the kernel's trap handler does for its own code
    rounded,  ///< down: ldq_u and stq_u
};

/// The registers that a load or store means.
enum class AlphaFile : std::uint8_t { integer, floating };

template <AlphaFile file> std::uint64_t& alpha_register(AlphaMachine& machine, unsigned number)
{
    return file == AlphaFile::integer ? machine.r[number] : machine.f[number];
}

template <Unaligned unaligned> std::uint64_t alpha_address(const AlphaMachine& machine, const AlphaOp& op)
{
    const auto address = machine.r[op.b] + static_cast<std::uint64_t>(op.value);
    return unaligned == Unaligned::rounded ? address & ~std::uint64_t{7} : address;
}

/// Copies from or to the guest. False when the run is ended: by a fault, or by an unaligned address that traps.
bool alpha_read_slowly(AlphaMachine& machine, const AlphaOp& op, GuestAddr address, std::span<std::byte> into,
                       Unaligned unaligned);
bool alpha_write_slowly(AlphaMachine& machine, const AlphaOp& op, GuestAddr address, std::span<const std::byte> from,
                        Unaligned unaligned);

template <class Memory>
bool read_slowly(AlphaMachine& machine, const AlphaOp& op, std::uint64_t address, Memory& value, Unaligned unaligned)
{
    return alpha_read_slowly(machine, op, {address}, std::as_writable_bytes(std::span(&value, 1)), unaligned);
}
template <class Memory>
bool write_slowly(AlphaMachine& machine, const AlphaOp& op, std::uint64_t address, Memory value, Unaligned unaligned)
{
    return alpha_write_slowly(machine, op, {address}, std::as_bytes(std::span(&value, 1)), unaligned);
}

// The slow paths are functions of their own, so that the fast ones need no stack.
template <AlphaFile file, class Memory, auto Convert, Unaligned unaligned>
[[gnu::noinline]] AlphaOp* load_from_slowly(AlphaMachine& machine, AlphaOp* op)
{
    Memory value;
    if (!read_slowly(machine, *op, alpha_address<unaligned>(machine, *op), value, unaligned)) return nullptr;
    alpha_register<file>(machine, op->a) = Convert(value);
    return op + 1;
}
template <AlphaFile file, class Memory, auto Convert, Unaligned unaligned>
[[gnu::noinline]] AlphaOp* store_to_slowly(AlphaMachine& machine, AlphaOp* op)
{
    const Memory value = Convert(alpha_register<file>(machine, op->a));
    return write_slowly(machine, *op, alpha_address<unaligned>(machine, *op), value, unaligned) ? op + 1 : nullptr;
}

/// The handler of a load: register = Convert(memory).
template <AlphaFile file, class Memory, auto Convert, Unaligned unaligned>
AlphaOp* load_from(AlphaMachine& machine, AlphaOp* op)
{
    const auto address = alpha_address<unaligned>(machine, *op);
    if (const auto* const host = machine.tlb.template find_read<sizeof(Memory)>(address)) [[likely]] {
        Memory value;
        std::memcpy(&value, host, sizeof value);
        alpha_register<file>(machine, op->a) = Convert(value);
        return next(machine, op + 1);
    }
    auto* const then = load_from_slowly<file, Memory, Convert, unaligned>(machine, op);
    return then ? next(machine, then) : nullptr;
}

/// The handler of a store: memory = Convert(register).
template <AlphaFile file, class Memory, auto Convert, Unaligned unaligned>
AlphaOp* store_to(AlphaMachine& machine, AlphaOp* op)
{
    const auto address = alpha_address<unaligned>(machine, *op);
    if (auto* const host = machine.tlb.template find_write<sizeof(Memory)>(address)) [[likely]] {
        const Memory value = Convert(alpha_register<file>(machine, op->a));
        std::memcpy(host, &value, sizeof value);
        return next(machine, op + 1);
    }
    auto* const then = store_to_slowly<file, Memory, Convert, unaligned>(machine, op);
    return then ? next(machine, then) : nullptr;
}

} // namespace retromod
