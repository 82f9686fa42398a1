// SPDX-License-Identifier: GPL-2.0-or-later
// The processes of the host that make system calls of one machine: what they have under way and open.
#include "emu/kernel/processes.h"

#include "emu/kernel/file.h"
#include "emu/kernel/scheduler.h"

#include <algorithm>

namespace retromod {

std::uint32_t Processes::own()
{
    if (!process_) process_ = ++state_->next_process;
    return process_;
}

std::uint32_t Processes::pid()
{
    if (!pid_) pid_ = ++state_->next_pid;
    return pid_;
}

void Processes::deliver_signal()
{
    for (auto& thread : machine_.table<ThreadRow>()) {
        if (!thread.awaited || !thread.task || thread.process != process_) continue;
        threads_.signal({thread.task});
        interrupted_ = false;
        signalled_ = true;
    }
}

Processes::Identity Processes::become(const Identity& other)
{
    const Identity before{process_, pid_, signalled_};
    process_ = other.process;
    pid_ = other.pid;
    signalled_ = other.signalled;
    return before;
}

std::vector<std::uint32_t> Processes::waiting()
{
    std::vector<std::uint32_t> processes;
    const auto add = [&](std::uint32_t process) {
        const bool fresh = process && process != process_ && std::ranges::find(processes, process) == processes.end();
        if (fresh) processes.push_back(process);
    };
    for (const auto& thread : machine_.table<ThreadRow>())
        if (thread.awaited && thread.state != ThreadState::dead) add(thread.process);
    for (const auto& file : machine_.table<OpenFileRow>()) add(file.process);
    return processes;
}

void Processes::end(std::uint32_t process)
{
    const auto is_call = [&](const ThreadRow& thread) { return thread.process == process && thread.state != ThreadState::dead; };
    for (auto& thread : machine_.table<ThreadRow>()) {
        if (!is_call(thread)) continue;
        thread.awaited = 0; // from now on its turn comes as a kernel thread's does
        if (thread.state == ThreadState::stopped) thread.state = ThreadState::runnable;
        if (thread.task) threads_.signal({thread.task});
    }
    scheduler_.settle(0);
    if (machine_.table<ThreadRow>().find_if(is_call)) return;
    auto files = machine_.table<OpenFileRow>();
    while (const auto* file = files.find_if([&](const OpenFileRow& row) { return row.process == process; })) {
        const auto number = files.number_of(*file);
        scheduler_.call({"close", {number + std::uint64_t{first_descriptor}}, 1});
        // A release that broke leaves its file behind.
        if (auto* left = files.find(number); left && left->process == process) left->process = 0;
    }
}

// A task with a signal pending that goes back to user mode does not see these: it dies, or its handler runs and the call
// gives EINTR. Source: include/linux/errno.h, do_signal of arch/*/kernel/signal.c.
SyscallResult Processes::as_user_sees(std::uint64_t result) const
{
    constexpr std::int64_t restart_codes[] = {-512, -513, -514};
    const bool restarts = std::ranges::find(restart_codes, machine_.arch().signed_word(result)) != std::end(restart_codes);
    return signalled_ && restarts ? SyscallResult::failure(Errno::eintr, machine_.arch()) : SyscallResult{result};
}

} // namespace retromod
