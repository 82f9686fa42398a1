// SPDX-License-Identifier: GPL-2.0-or-later
// The routines of 2.4's x86-64 that inline assembly calls and that keep every register but their results.
// Source: arch/x86_64/lib/{getuser.S,putuser.S,thunk.S} of 2.4.22 and 2.4.37.11.
#include "emu/exports/conventions/conventions.h"

#include "emu/cpu/x86_64_registers.h"

#include <algorithm>

namespace retromod {
namespace {

using Kind = Convention::Kind;

// Differs from 2.4: rbx, which the routines destroy, is kept.
constexpr Convention takes_rax{.kind = Kind::register_list, .registers = {x86_64_rax}, .register_count = 1};
constexpr Convention takes_rax_rdx{.kind = Kind::register_list, .registers = {x86_64_rax, x86_64_rdx}, .register_count = 2};
constexpr Convention silent(Convention convention)
{
    convention.returns_value = false;
    return convention;
}

struct ConventionRow {
    std::string_view symbol;
    Convention convention;
};

constexpr ConventionRow rows[] = {
    // A user address in rax; the error goes to rax and the value, zero-extended, to rdx.
    {"__get_user_1", takes_rax},
    {"__get_user_2", takes_rax},
    {"__get_user_4", takes_rax},
    {"__get_user_8", takes_rax},
    // A user address in rax, the value in rdx; the error goes to rax.
    {"__put_user_1", takes_rax_rdx},
    {"__put_user_2", takes_rax_rdx},
    {"__put_user_4", takes_rax_rdx},
    {"__put_user_8", takes_rax_rdx},
    // A struct semaphore * in rdi, as in C; rax is kept where nothing is returned.
    {"__down_failed", silent({})},
    {"__up_wakeup", silent({})},
    {"do_softirq_thunk", silent({})},
};

} // namespace

Convention x86_64_convention_of(std::string_view symbol)
{
    const auto* row = std::ranges::find(rows, symbol, &ConventionRow::symbol);
    return row == std::end(rows) ? Convention{} : row->convention;
}

} // namespace retromod
