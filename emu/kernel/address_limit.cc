// SPDX-License-Identifier: GPL-2.0-or-later
// The address limit of a task, architecture by architecture.
#include "emu/kernel/address_limit.h"

#include <algorithm>

namespace retromod {
namespace {

using Rule = AddressLimit::Rule;
constexpr std::uint64_t all_ones = ~std::uint64_t{0};

/// The first row that fits an architecture and a version counts.
struct LimitRow {
    std::string_view arch;
    LayoutVersion until;
    AddressLimit limit; ///< USER_DS 0 stands for the architecture's user_segment or TASK_SIZE
};
constexpr auto last = LayoutVersion::v2_4_37_11;
constexpr LimitRow rows[] = {
    {"alpha", last, {"thread.fs.seg", Rule::no_bit, 0 - std::uint64_t{0x40000000000}, 0}},
    {"arm", last, {"addr_limit", Rule::zero_all, 0xc0000000, 0}},
    {"mips", LayoutVersion::v2_4_22, {"thread.current_ds.seg", Rule::no_sign, all_ones, 0}},
    {"mips", last, {"thread.current_ds.seg", Rule::no_sign, 0x80000000, 0}},
    {"ppc", last, {"thread.fs.seg", Rule::zero_all, 1, 0}},
    {"sparc", last, {"thread.current_ds.seg", Rule::zero_all, all_ones, 0}},
};
// m68k keeps the limit in a register of the CPU (SFC); addr_limit stands in for it there.
constexpr AddressLimit common = {"addr_limit.seg", Rule::below, 0, all_ones};

std::string_view without_order(std::string_view arch) { return arch == "mipsel" ? "mips" : arch; }

} // namespace

AddressLimit address_limit(const Arch& arch, LayoutVersion version)
{
    const auto* const row = std::ranges::find_if(
        rows, [&](const LimitRow& r) { return r.arch == without_order(arch.name) && version <= r.until; });
    auto limit = row == std::end(rows) ? common : row->limit;
    if (!limit.user) limit.user = arch.user_segment ? arch.user_segment.value : arch.task_size.value;
    limit.user = arch.word(limit.user);
    limit.kernel = arch.word(limit.kernel);
    return limit;
}

bool AddressLimit::allows(const Arch& arch, std::uint64_t limit, std::uint64_t address, std::uint64_t bytes) const
{
    const auto end = arch.word(address + bytes);
    const auto below = [&](std::uint64_t bound) { return bytes <= bound && address <= bound - bytes; };
    switch (rule) {
    case Rule::below: return below(limit);
    case Rule::no_bit: return ((address | bytes | end) & limit) == 0;
    case Rule::no_sign: return arch.signed_word((address | bytes | end) & limit) >= 0;
    case Rule::zero_all: return limit == 0 || below(arch.task_size.value);
    }
    return false;
}

} // namespace retromod
