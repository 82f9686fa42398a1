// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/processor.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/timers.h"

#include <string_view>

namespace retromod {

/// What runs on the way back from an interrupt: due timers, and calls that were put off (tasklets, bottom halves).
class Softirqs {
public:
    Softirqs(Machine& machine, KernelState& state, Processor& processor, Timers& timers)
        : machine_(machine), state_(state), processor_(processor), timers_(timers)
    {
    }

    /// Puts off a call of `function`; `object` is the tasklet that it belongs to, if any.
    void defer(GuestAddr function, std::uint64_t argument, GuestAddr object, std::string_view why);
    bool cancel(GuestAddr object); ///< true if a call of that tasklet was put off
    bool pending(GuestAddr object);

    /// Whether there is something to do now: a timer, or a call that may run.
    bool due();
    /// Whether a call that was put off may run now.
    bool call_ready() { return first_ready() != nullptr; }
    /// The step function "softirq": one due call after the other.
    static Step run(Kernel& kernel, Frame& frame);

private:
    bool is_ready(const DeferredCallRow& row);
    DeferredCallRow* first_ready();
    Step next_call();
    void begin_tasklet(GuestAddr tasklet);

    Machine& machine_;
    KernelState& state_;
    Processor& processor_;
    Timers& timers_;
};

constexpr std::string_view softirq_step = "softirq";

} // namespace retromod
