// SPDX-License-Identifier: GPL-2.0-or-later
// Timers and deferred calls, on the way back from an interrupt.
// Source: run_timer_list of kernel/timer.c and tasklet_action of kernel/softirq.c, one call at a time.
#include "emu/kernel/softirqs.h"

#include "emu/kernel/kernel.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/trouble.h"

namespace retromod {

/// Whether a deferred call may run now: a tasklet that is disabled (count above 0) waits until it is enabled again.
bool Softirqs::is_ready(const DeferredCallRow& row)
{
    if (!row.object) return true;
    const auto count = machine_.layouts().field("struct tasklet_struct", "count.counter");
    return machine_.memory().load<std::int32_t>(GuestAddr{row.object} + count.offset) == 0;
}

DeferredCallRow* Softirqs::first_ready()
{
    DeferredCallRow* first = nullptr;
    for (auto& row : machine_.table<DeferredCallRow>())
        if ((!first || row.order < first->order) && is_ready(row)) first = &row;
    return first;
}

void Softirqs::defer(GuestAddr function, std::uint64_t argument, GuestAddr object, std::string_view why)
{
    auto* row = machine_.table<DeferredCallRow>().insert();
    if (!row) throw KernelBug{"more deferred calls than the machine keeps"};
    row->order = ++state_->timers_added;
    row->function = function.value;
    row->argument = argument;
    row->object = object.value;
    why.copy(row->why, sizeof row->why - 1);
    if (auto* engine = processor_.made_engine()) engine->interrupt();
}

bool Softirqs::cancel(GuestAddr object)
{
    auto calls = machine_.table<DeferredCallRow>();
    auto* row = calls.find_if([&](const DeferredCallRow& r) { return r.object == object.value; });
    if (row) calls.erase(*row);
    return row != nullptr;
}

bool Softirqs::pending(GuestAddr object)
{
    return machine_.table<DeferredCallRow>().find_if([&](const auto& r) { return r.object == object.value; }) != nullptr;
}

bool Softirqs::due() { return call_ready() || timers_.due(); }

/// A tasklet may be scheduled again from the moment it begins: TASKLET_STATE_SCHED is cleared.
void Softirqs::begin_tasklet(GuestAddr tasklet)
{
    auto& memory = machine_.memory();
    const auto at = tasklet + machine_.layouts().field("struct tasklet_struct", "state").offset;
    memory.store_word(at, memory.load_word(at) & ~std::uint64_t{1});
}

Step Softirqs::next_call()
{
    auto& memory = machine_.memory();
    if (const auto timer = timers_.take_due()) {
        const auto function = memory.load_pointer(*timer + machine_.layouts().field("struct timer_list", "function").offset);
        const auto data = memory.load_word(*timer + machine_.layouts().field("struct timer_list", "data").offset);
        return CallGuest{function, {data}, 1, "timer"};
    }
    auto* first = first_ready();
    if (!first) return Return{};
    const CallGuest call{{first->function}, {first->argument}, 1, "deferred call"};
    if (first->object) begin_tasklet({first->object});
    machine_.table<DeferredCallRow>().erase(*first);
    return call;
}

Step Softirqs::run(Kernel& kernel, Frame&) { return kernel.softirqs().next_call(); }

} // namespace retromod
