// SPDX-License-Identifier: GPL-2.0-or-later
// SPARC's routines that inline assembly calls with their arguments in global registers.
// Source: arch/sparc/lib/{atomic,bitops,checksum}.S and include/asm-sparc/{atomic,bitops,checksum,system,uaccess}.h of 2.4.37.11.
#include "emu/exports/conventions/conventions.h"

#include "emu/cpu/sparc_registers.h"

#include <algorithm>

namespace retromod {
namespace {

using Kind = Convention::Kind;
constexpr std::uint8_t g1 = 1, g2 = 2, g7 = 7;

/// An address in %g1, a value in %g2, which is the result, too. `returns_by` is sparc_returns_*.
constexpr Convention on_word(std::uint8_t returns_by)
{
    return {.kind = Kind::register_list,
            .registers = {g1, g2},
            .register_count = 2,
            .result_register = g2,
            .return_register = returns_by};
}

struct Row {
    std::string_view symbol;
    Convention convention;
};
constexpr Row rows[] = {
    {"___atomic_add", on_word(sparc_returns_to_o7)},
    {"___atomic_sub", on_word(sparc_returns_to_o7)},
    {"___set_bit", on_word(sparc_returns_to_o7)},
    {"___clear_bit", on_word(sparc_returns_to_o7)},
    {"___change_bit", on_word(sparc_returns_to_o7)},
    {"___f____xchg32", on_word(sparc_returns_behind_o7)},
    // From in %o0, to in %o1, the size in %g1, the sum so far in %g7; the sum goes to %o0.
    {"__csum_partial_copy_sparc_generic",
     {.kind = Kind::register_list, .registers = {sparc_o0, sparc_o0 + 1, g1, g7}, .register_count = 4}},
    // A fixup in the middle of a function: it returns -EFAULT from that.
    {"__ret_efault", {.returns_value = false, .return_register = sparc_returns_efault}},
};

} // namespace

Convention sparc_convention_of(std::string_view symbol)
{
    const auto* const row = std::ranges::find(rows, symbol, &Row::symbol);
    return row == std::end(rows) ? Convention{} : row->convention;
}

} // namespace retromod
