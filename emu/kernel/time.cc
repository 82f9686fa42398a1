// SPDX-License-Identifier: GPL-2.0-or-later
// Virtual time: jiffies advance by what the guest executes and waits for, never by the host's clock.
#include "emu/kernel/kernel.h"

#include <algorithm>

namespace retromod {
namespace {

/// The first two words of a struct timer_list are its list links; a timer is pending while the first is not NULL.
void mark_timer(AddressSpace& memory, GuestAddr timer, GuestAddr link)
{
    memory.store_word(timer, link.value);
    memory.store_word(timer + memory.arch().word_bytes, link.value);
}

/// Whether a deferred call may run now: a tasklet that is disabled (count above 0) waits until it is enabled again.
bool is_ready(Kernel& kernel, const DeferredCallRow& row)
{
    if (!row.object) return true;
    const auto count = kernel.layouts().field("struct tasklet_struct", "count.counter");
    return kernel.memory().load<std::int32_t>(GuestAddr{row.object} + count.offset) == 0;
}

/// A tasklet may be scheduled again from the moment it begins: TASKLET_STATE_SCHED is cleared.
void begin_tasklet(Kernel& kernel, GuestAddr tasklet)
{
    const auto at = tasklet + kernel.layouts().field("struct tasklet_struct", "state").offset;
    kernel.memory().store_word(at, kernel.memory().load_word(at) & ~std::uint64_t{1});
}

DeferredCallRow* first_ready(Kernel& kernel)
{
    DeferredCallRow* first = nullptr;
    for (auto& row : kernel.machine().table<DeferredCallRow>())
        if ((!first || row.order < first->order) && is_ready(kernel, row)) first = &row;
    return first;
}

} // namespace

void Kernel::store_time()
{
    if (state_->jiffies_at) memory().store_word({state_->jiffies_at}, arch().word(state_->jiffies));
    if (!state_->xtime_at) return;
    memory().store_word({state_->xtime_at}, arch().word(state_->boot_time + state_->jiffies / hz));
    memory().store_word(GuestAddr{state_->xtime_at} + arch().word_bytes, state_->jiffies % hz * (1'000'000 / hz));
}

void Kernel::tick()
{
    ++state_->jiffies;
    store_time();
    for (const auto hook : exports_.tick) hook(*this);
    if (engine_ && time_work_due()) engine_->interrupt();
}

void Kernel::pass_time(std::uint64_t blocks)
{
    state_->tick_blocks += blocks;
    while (state_->tick_blocks >= blocks_per_jiffy) {
        state_->tick_blocks -= blocks_per_jiffy;
        tick();
    }
}

std::uint64_t Kernel::blocks_in_tick() const
{
    return state_->tick_blocks + (engine_ && run_began_ ? engine_->blocks_executed() - *run_began_ : 0);
}

void Kernel::advance_to(std::uint64_t jiffies)
{
    if (jiffies <= state_->jiffies) return;
    state_->jiffies = jiffies - 1;
    state_->tick_blocks = 0;
    tick();
}

bool Kernel::timer_pending(GuestAddr timer)
{
    return machine_.table<TimerRow>().find_if([&](const TimerRow& row) { return row.address == timer.value; }) != nullptr;
}

void Kernel::add_timer(GuestAddr timer, std::uint64_t expires)
{
    remove_timer(timer);
    auto* row = machine_.table<TimerRow>().insert();
    if (!row) throw KernelBug{"more pending timers than the machine keeps"};
    // `expires` is a guest word: a time up to half its range behind or ahead of now.
    const auto distance = arch().signed_word(expires - state_->jiffies);
    row->expires = static_cast<std::uint64_t>(std::max<std::int64_t>(0, static_cast<std::int64_t>(state_->jiffies) + distance));
    row->address = timer.value;
    row->order = ++state_->timers_added;
    mark_timer(memory(), timer, timer);
}

bool Kernel::remove_timer(GuestAddr timer)
{
    auto timers = machine_.table<TimerRow>();
    auto* row = timers.find_if([&](const TimerRow& r) { return r.address == timer.value; });
    if (row) timers.erase(*row);
    mark_timer(memory(), timer, {});
    return row != nullptr;
}

void Kernel::defer_call(GuestAddr function, std::uint64_t argument, GuestAddr object, std::string_view why)
{
    auto* row = machine_.table<DeferredCallRow>().insert();
    if (!row) throw KernelBug{"more deferred calls than the machine keeps"};
    row->order = ++state_->timers_added;
    row->function = function.value;
    row->argument = argument;
    row->object = object.value;
    why.copy(row->why, sizeof row->why - 1);
    if (engine_) engine_->interrupt();
}

bool Kernel::cancel_deferred(GuestAddr object)
{
    auto calls = machine_.table<DeferredCallRow>();
    auto* row = calls.find_if([&](const DeferredCallRow& r) { return r.object == object.value; });
    if (row) calls.erase(*row);
    return row != nullptr;
}

bool Kernel::deferred(GuestAddr object)
{
    return machine_.table<DeferredCallRow>().find_if([&](const auto& r) { return r.object == object.value; }) != nullptr;
}

bool Kernel::time_work_due()
{
    if (first_ready(*this)) return true;
    const auto due = [&](const TimerRow& row) { return row.expires <= jiffies(); };
    return machine_.table<TimerRow>().find_if(due) != nullptr;
}

/// The tick at which something happens by itself, if anything will.
std::optional<std::uint64_t> Kernel::next_event()
{
    std::optional<std::uint64_t> next;
    const auto consider = [&](std::uint64_t when) { next = next ? std::min(*next, when) : when; };
    for (const auto& timer : machine_.table<TimerRow>()) consider(timer.expires);
    for (const auto& thread : machine_.table<ThreadRow>())
        if (thread.state == ThreadState::sleeping && thread.deadline != ~std::uint64_t{0}) consider(thread.deadline);
    if (first_ready(*this)) consider(jiffies());
    return next;
}

bool Kernel::in_interrupt() const
{
    if (!current_) return false;
    const auto frames = std::span(current_->frames).first(current_->depth);
    return std::ranges::any_of(frames, [](const Frame& frame) { return frame.step == step_key("softirq"); });
}

// Source: run_timer_list of kernel/timer.c and tasklet_action of kernel/softirq.c, one call at a time.
Step Kernel::run_softirqs(Kernel& kernel, Frame&)
{
    auto& memory = kernel.memory();
    auto timers = kernel.machine_.table<TimerRow>();
    TimerRow* due = nullptr;
    for (auto& row : timers) {
        if (row.expires > kernel.jiffies()) continue;
        if (!due || std::pair(row.expires, row.order) < std::pair(due->expires, due->order)) due = &row;
    }
    if (due) {
        const GuestAddr timer{due->address};
        timers.erase(*due);
        mark_timer(memory, timer, {});
        const auto function = memory.load_pointer(timer + kernel.layouts().field("struct timer_list", "function").offset);
        const auto data = memory.load_word(timer + kernel.layouts().field("struct timer_list", "data").offset);
        return CallGuest{function, {data}, 1, "timer"};
    }
    auto* first = first_ready(kernel);
    if (!first) return Return{};
    const CallGuest call{{first->function}, {first->argument}, 1, "deferred call"};
    if (first->object) begin_tasklet(kernel, {first->object});
    kernel.machine_.table<DeferredCallRow>().erase(*first);
    return call;
}

bool Kernel::deliver_interrupts()
{
    if (!current_ || !current_->in_guest || in_interrupt() || !time_work_due()) return false;
    if (!cpu_.interrupts_enabled(engine().save())) return false;
    push_frame(*current_, step_key("softirq"), {});
    return true;
}

} // namespace retromod
