// SPDX-License-Identifier: GPL-2.0-or-later
// Pending timers. Source: kernel/timer.c, 2.4.
#include "emu/kernel/timers.h"

#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/trouble.h"

#include <algorithm>

namespace retromod {

/// The first two words of a struct timer_list are its list links; a timer is pending while the first is not NULL.
void Timers::mark(GuestAddr timer, GuestAddr link)
{
    auto& memory = machine_.memory();
    memory.store_word(timer, link.value);
    memory.store_word(timer + memory.arch().word_bytes, link.value);
}

bool Timers::pending(GuestAddr timer)
{
    return machine_.table<TimerRow>().find_if([&](const TimerRow& row) { return row.address == timer.value; }) != nullptr;
}

void Timers::add(GuestAddr timer, std::uint64_t expires)
{
    remove(timer);
    auto* row = machine_.table<TimerRow>().insert();
    if (!row) throw KernelBug{"more pending timers than the machine keeps"};
    const auto distance = machine_.arch().signed_word(expires - state_->jiffies);
    row->expires =
        state_->jiffies + static_cast<std::uint64_t>(std::max<std::int64_t>(1, distance)); // the next tick at the soonest
    row->address = timer.value;
    row->order = ++state_->timers_added;
    mark(timer, timer);
}

bool Timers::remove(GuestAddr timer)
{
    auto timers = machine_.table<TimerRow>();
    auto* row = timers.find_if([&](const TimerRow& r) { return r.address == timer.value; });
    if (row) timers.erase(*row);
    mark(timer, {});
    return row != nullptr;
}

bool Timers::due()
{
    return machine_.table<TimerRow>().find_if([&](const TimerRow& row) { return row.expires <= state_->jiffies; }) != nullptr;
}

std::optional<GuestAddr> Timers::take_due()
{
    const bool newest_first = machine_.release().is_2_2(); // 2.2 puts a new one before those of the same tick
    const auto comes_before = [&](const TimerRow& a, const TimerRow& b) {
        if (a.expires != b.expires) return a.expires < b.expires;
        return newest_first ? a.order > b.order : a.order < b.order;
    };
    auto timers = machine_.table<TimerRow>();
    TimerRow* first = nullptr;
    for (auto& row : timers) {
        if (row.expires > state_->jiffies) continue;
        if (!first || comes_before(row, *first)) first = &row;
    }
    if (!first) return std::nullopt;
    const GuestAddr timer{first->address};
    timers.erase(*first);
    mark(timer, {});
    return timer;
}

std::optional<std::uint64_t> Timers::next()
{
    std::optional<std::uint64_t> next;
    for (const auto& timer : machine_.table<TimerRow>()) next = next ? std::min(*next, timer.expires) : timer.expires;
    return next;
}

} // namespace retromod
