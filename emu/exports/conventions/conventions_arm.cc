// SPDX-License-Identifier: GPL-2.0-or-later
// ARM's routines that inline assembly calls and that keep every register but ip and lr.
// Source: arch/arm/kernel/semaphore.c, arch/arm/lib/{getuser,putuser}.S, include/asm-arm/{uaccess,softirq}.h of 2.4.37.11.
#include "emu/exports/conventions/conventions.h"

#include "emu/cpu/arm_registers.h"

#include <algorithm>

namespace retromod {
namespace {

constexpr std::uint8_t ip = 12;

/// A struct semaphore * in ip, which holds the result, too.
constexpr Convention on_semaphore{
    .kind = Convention::Kind::register_list, .registers = {ip}, .register_count = 1, .result_register = ip};
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
    {"__down_interruptible_failed", on_semaphore},
    {"__down_trylock_failed", on_semaphore},
    {"__up_wakeup", silent(on_semaphore)},
    {"__do_softirq", silent({})},
};

} // namespace

Convention arm_convention_of(std::string_view symbol)
{
    const auto* const row = std::ranges::find(rows, symbol, &Row::symbol);
    return row == std::end(rows) ? Convention{} : row->convention;
}

} // namespace retromod
