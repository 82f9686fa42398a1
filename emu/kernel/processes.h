// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/outcome.h"
#include "emu/kernel/threads.h"

#include <atomic>
#include <vector>

namespace retromod {

class Scheduler;

/// The processes of the host that make system calls of one machine: what each has under way and open, and their signals.
class Processes {
public:
    Processes(Machine& machine, KernelState& state, Threads& threads, Scheduler& scheduler)
        : machine_(machine), state_(state), threads_(threads), scheduler_(scheduler)
    {
    }

    /// The number under which this object's callers make system calls and have files open. Each has a number of its own.
    std::uint32_t own();
    /// What makes system calls from now on is another process of the guest: it gets a pid of its own with its first call.
    void begin() { pid_ = 0; }
    /// The pid of the guest's process that makes the calls now.
    std::uint32_t pid();
    /// One of several processes that make their calls by this object, each when it was told to `become` it.
    struct Identity {
        std::uint32_t process = 0, pid = 0; ///< 0: it has none yet
        bool signalled = false;
    };
    /// Changes who makes the calls; returns who did.
    Identity become(const Identity& other);
    /// The other processes that have a system call under way or files open.
    std::vector<std::uint32_t> waiting();
    /// A process died: its system calls get SIGKILL, and when they are over its files are closed. One that sleeps
    /// uninterruptibly stays, as in the kernel, and its files stay open.
    void end(std::uint32_t process);
    /// Whether it is another process's system call: that one's to run, where its user memory is.
    bool is_foreign(const ThreadRow& thread) const { return thread.awaited && thread.process != process_; }

    const Caller& caller() const { return caller_; }
    void set_caller(const Caller& caller) { caller_ = caller; }

    /// Sends a signal to the tasks of this object's callers, as Ctrl-C does: they have it pending, and wake from an
    /// interruptible sleep. What they do about it is theirs. For signal handlers, and other threads.
    void interrupt() noexcept { interrupted_ = true; }
    bool has_undelivered_signal() const { return interrupted_; }
    bool is_interrupted() const { return interrupted_ || signalled_; } ///< by `interrupt`, at any time before
    /// Gives the signal to the tasks. One that no task of ours is there for yet stays for the first one.
    void deliver_signal();
    /// A system call's result as its caller sees it.
    SyscallResult as_user_sees(std::uint64_t result) const;

private:
    Machine& machine_;
    KernelState& state_;
    Threads& threads_;
    Scheduler& scheduler_;
    std::atomic<bool> interrupted_ = false;
    bool signalled_ = false;    ///< a task of ours was told of it
    std::uint32_t process_ = 0; ///< 0: it has no number yet
    std::uint32_t pid_ = 0;     ///< likewise
    Caller caller_;
};

} // namespace retromod
