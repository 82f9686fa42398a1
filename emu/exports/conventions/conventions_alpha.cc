// SPDX-License-Identifier: GPL-2.0-or-later
// Alpha's routines that keep all registers but a few, so that code may call them as if they were instructions.
// Source: arch/alpha/lib/{divide.S,copy_user.S,clear_user.S} of 2.4.37.11.
#include "emu/exports/conventions/conventions.h"

#include <algorithm>

namespace retromod {
namespace {

/// Dividend in $24, divisor in $25, result in $27, return address in $23.
constexpr Convention division{.kind = Convention::Kind::register_list,
                              .registers = {24, 25},
                              .register_count = 2,
                              .result_register = 27,
                              .return_register = 23};
/// To in $6, from in $7, size in $0, which is also the result; return address in $28.
constexpr Convention copy{
    .kind = Convention::Kind::register_list, .registers = {6, 7, 0}, .register_count = 3, .return_register = 28};
/// To in $6, size in $0.
constexpr Convention clear{
    .kind = Convention::Kind::register_list, .registers = {6, 0}, .register_count = 2, .return_register = 28};

struct Row {
    std::string_view symbol;
    Convention convention;
};
constexpr Row rows[] = {
    {"__divl", division},  {"__divlu", division},      {"__divq", division}, {"__divqu", division},
    {"__reml", division},  {"__remlu", division},      {"__remq", division}, {"__remqu", division},
    {"__copy_user", copy}, {"__do_clear_user", clear},
};

} // namespace

Convention alpha_convention_of(std::string_view symbol)
{
    const auto* const row = std::ranges::find(rows, symbol, &Row::symbol);
    return row == std::end(rows) ? Convention{} : row->convention;
}

} // namespace retromod
