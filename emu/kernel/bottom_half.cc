// SPDX-License-Identifier: GPL-2.0-or-later
// Old-style bottom halves: bits of bh_active in 2.2, tasklets of bh_task_vec in 2.4. Source: kernel/softirq.c.
#include "emu/kernel/bottom_half.h"

#include "emu/kernel/guest_struct.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/softirqs.h"
#include "emu/kernel/symbols.h"

namespace retromod {
namespace {

constexpr BottomHalfNumbers numbers_2_2 = {.timer = 0, .timer_queue = 2, .immediate = 10};
constexpr BottomHalfNumbers numbers_2_4 = {.timer = 0, .timer_queue = 1, .immediate = 9};

} // namespace

const BottomHalfNumbers& bottom_half_numbers(Kernel& kernel)
{
    return kernel.machine().release().is_2_2() ? numbers_2_2 : numbers_2_4;
}

void set_bottom_half(Kernel& kernel, std::int32_t number, GuestAddr routine)
{
    auto rows = kernel.machine().table<BottomHalfRow>();
    if (auto* row = rows.find_if([&](const BottomHalfRow& r) { return r.number == number; })) rows.erase(*row);
    if (!routine || number < 0 || number >= bottom_half_limit) return;
    auto* row = &rows.insert_or_throw();
    row->number = number;
    row->routine = routine.value;
}

GuestAddr bottom_half_routine(Kernel& kernel, std::int32_t number)
{
    if (const auto base = kernel.symbols().find_variable("bh_base"))
        return kernel.memory().load_pointer(*base + static_cast<std::uint64_t>(number) * kernel.arch().word_bytes);
    const auto* row = kernel.machine().table<BottomHalfRow>().find_if([&](const BottomHalfRow& r) { return r.number == number; });
    return row ? GuestAddr{row->routine} : GuestAddr{};
}

void mark_bh(Kernel& kernel, std::int32_t number)
{
    if (const auto active = kernel.symbols().find_variable("bh_active"))
        return kernel.memory().store_word(*active, kernel.memory().load_word(*active) | std::uint64_t{1} << number);
    const auto tasklets = kernel.symbols().find_variable("bh_task_vec");
    if (!tasklets) return;
    const auto bytes = kernel.layouts().size("struct tasklet_struct");
    GuestStruct tasklet(kernel, "struct tasklet_struct", *tasklets + static_cast<std::uint64_t>(number) * bytes);
    if (tasklet.get("state") & tasklet_state::scheduled) return;
    tasklet.set("state", tasklet.get("state") | tasklet_state::scheduled);
    tasklet_hi_schedule(kernel, tasklet.at());
}

bool has_active_bottom_halves(Kernel& kernel)
{
    const auto active = kernel.symbols().find_variable("bh_active"), mask = kernel.symbols().find_variable("bh_mask");
    return active && mask && kernel.memory().load_word(*active) & kernel.memory().load_word(*mask);
}

std::uint32_t take_active_bottom_halves(Kernel& kernel)
{
    const auto active = kernel.symbols().find_variable("bh_active"), mask = kernel.symbols().find_variable("bh_mask");
    if (!active || !mask) return 0;
    const auto all = kernel.memory().load_word(*active);
    const auto taken = all & kernel.memory().load_word(*mask);
    kernel.memory().store_word(*active, all & ~taken);
    return static_cast<std::uint32_t>(taken);
}

} // namespace retromod
