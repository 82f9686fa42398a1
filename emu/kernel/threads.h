// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/processor.h"
#include "emu/kernel/thread.h"

#include <string>
#include <string_view>
#include <unordered_map>

namespace retromod {

/// The guest's threads and their task_structs: which there are, which one has the CPU, and what their members hold.
class Threads {
public:
    Threads(Machine& machine, const Cpu& cpu, KernelState& state, Processor& processor)
        : machine_(machine), cpu_(cpu), state_(state), processor_(processor)
    {
    }

    ThreadRow* current() { return current_; }
    GuestAddr current_task(); ///< task_struct of the current thread; the idle task's when there is none
    ThreadRow* find(ThreadId id);
    ThreadRow* of_task(GuestAddr task);
    ThreadId id_of(const ThreadRow& thread) { return machine_.table<ThreadRow>().number_of(thread); }
    /// The unfinished threads, for people: who waits for what.
    std::string describe();

    std::uint64_t task_field(GuestAddr task, std::string_view member);
    void set_task_field(GuestAddr task, std::string_view member, std::uint64_t value);
    /// wake_up_process: sets the task's state to TASK_RUNNING. True if it slept.
    bool wake(GuestAddr task);
    /// The task has a signal pending, and wakes from an interruptible sleep.
    void signal(GuestAddr task);
    /// Runnable, or a sleeper that was woken or whose time has come: that one is made runnable.
    bool is_runnable(ThreadRow& thread);

    /// A kernel thread that calls function(argument); returns its pid.
    std::uint32_t start_kernel(GuestAddr function, std::uint64_t argument, std::string_view comm);
    /// A kernel thread that runs a registered step function.
    ThreadRow& start_step(std::string_view step, std::string_view comm);
    /// The same as one that has been there since boot, under a pid that is known: 0 the idle task, 2 keventd.
    ThreadRow& start_step(std::string_view step, std::string_view comm, std::uint32_t pid);

    // For what runs threads:

    /// A fresh thread without a task. std::length_error: the machine has no room for it.
    ThreadRow& add(std::string_view comm, std::uint32_t pid);
    void push_frame(ThreadRow& thread, std::uint32_t step, GuestAddr entry);
    /// Gives the thread its task_struct and kernel stack, if it has none.
    void ensure_task(ThreadRow& thread);
    void finish(ThreadRow& thread, ThreadState state);
    /// What the thread did is over: it goes on with that step, at the start of its stack.
    void restart(ThreadRow& thread, std::uint32_t step);
    /// Forgets a finished or dead thread; kills it first if it still runs.
    void reap(ThreadId id);
    void switch_to(ThreadRow* thread);
    /// Where the kernel keeps `current` in the processor's own data, it is there for modules to read.
    void note_current_task();
    /// No thread has the CPU, nor keeps what the CPU holds of it.
    void forget_current() { current_ = nullptr; }

private:
    Field task_member(std::string_view member) const;
    void set_if_there(GuestAddr task, std::string_view member, std::uint64_t value);
    GuestAddr processor_data() const;
    void set_up_task(ThreadRow& thread, GuestAddr task);
    void share_context(const ThreadRow& thread, GuestAddr task);
    void link_task(GuestAddr task);
    void free_task(ThreadRow& thread);

    Machine& machine_;
    const Cpu& cpu_;
    KernelState& state_;
    Processor& processor_;
    ThreadRow* current_ = nullptr;
    mutable std::unordered_map<std::string_view, Field> task_fields_;
};

constexpr std::string_view kernel_thread_step = "kernel thread";
Step run_kernel_thread(Kernel&, Frame&);

} // namespace retromod
