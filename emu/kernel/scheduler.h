// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/dispatcher.h"

#include <span>

namespace retromod {

/// Gives guest threads their turns on the one virtual CPU, and makes system calls on threads of their own.
class Scheduler {
public:
    explicit Scheduler(Kernel& kernel) : kernel_(kernel), dispatcher_(kernel) {}

    /// Starts a system call on a new guest thread; `run` drives it.
    ThreadId begin(const SystemCall& call, const Caller& caller = {});
    /// Runs that thread until its call is over or something stops it.
    Outcome run(ThreadId thread, const RunLimits& limits = {});
    /// begin and run.
    Outcome call(const SystemCall& call, const Caller& caller = {}, const RunLimits& limits = {});
    /// Calls one kernel export as guest code would, from a thread of its own.
    Outcome call_export(std::string_view name, std::span<const std::uint64_t> arguments);
    /// Lets virtual time pass and everything runnable run, for that many ticks. Done, or the end of the machine.
    Outcome settle(std::uint64_t jiffies);
    /// What killed threads for which no caller waits, since it was last asked for: a line each.
    std::vector<std::string> take_background_oopses() { return dispatcher_.take_background_oopses(); }
    /// Forgets whose turn it was: another process may have changed the machine.
    void forget() { last_picked_ = 0; }

    /// The tick at which something happens by itself, if anything will.
    std::optional<std::uint64_t> next_event();

private:
    Outcome take_turns(ThreadRow* awaited, std::uint64_t end, std::uint64_t blocks_left);
    std::optional<Outcome> take_turn(ThreadRow& thread, const ThreadRow* awaited, std::uint64_t& blocks_left);
    std::optional<Outcome> serve_softirqs(std::uint64_t& blocks_left);
    void pass_idle_time(std::uint64_t until);
    ThreadRow* pick(ThreadRow* awaited);
    ThreadRow* pick_interrupt();
    ThreadRow* next_in_turn(const ThreadRow* awaited);

    Kernel& kernel_;
    Dispatcher dispatcher_;
    std::uint32_t last_picked_ = 0; ///< row of the thread that had the last turn beside the awaited one
};

} // namespace retromod
