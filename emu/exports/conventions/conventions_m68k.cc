// SPDX-License-Identifier: GPL-2.0-or-later
// m68k's routines that inline assembly calls and that keep every register but their result.
// Source: arch/m68k/lib/semaphore.S of 2.4.37.11.
#include "emu/exports/conventions/conventions.h"

#include "emu/cpu/m68k_registers.h"

#include <algorithm>

namespace retromod {
namespace {

/// A struct semaphore * in a1; the result goes to d0.
constexpr Convention on_semaphore{
    .kind = Convention::Kind::register_list, .registers = {m68k_a0 + 1}, .register_count = 1};
constexpr Convention silent(Convention convention)
{
    convention.returns_value = false;
    return convention;
}

struct Row {
    std::string_view symbol;
    Convention convention;
};
constexpr Row rows[] = {
    {"__down_failed", silent(on_semaphore)},
    {"__down_failed_interruptible", on_semaphore},
    {"__down_failed_trylock", on_semaphore},
    {"__up_wakeup", silent(on_semaphore)},
};

} // namespace

Convention m68k_convention_of(std::string_view symbol)
{
    const auto* const row = std::ranges::find(rows, symbol, &Row::symbol);
    return row == std::end(rows) ? Convention{} : row->convention;
}

} // namespace retromod
