// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/clock.h"

#include <optional>

namespace retromod {

/// The kernel's pending timers: each a struct timer_list in guest memory.
class Timers {
public:
    Timers(Machine& machine, KernelState& state) : machine_(machine), state_(state) {}

    /// add_timer. `expires` is a guest word: a time up to half its range behind or ahead of now.
    void add(GuestAddr timer, std::uint64_t expires);
    bool remove(GuestAddr timer); ///< true if it was pending
    bool pending(GuestAddr timer);

    bool due();
    /// Takes the first timer that is due off the list, which its function may add again; nothing when none is due.
    std::optional<GuestAddr> take_due();
    /// The tick at which the next one expires.
    std::optional<std::uint64_t> next();

private:
    void mark(GuestAddr timer, GuestAddr link);

    Machine& machine_;
    KernelState& state_;
};

} // namespace retromod
