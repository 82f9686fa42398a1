// SPDX-License-Identifier: GPL-2.0-or-later
// The processes of the host that make system calls of one machine: what they have under way and open.
#include "emu/kernel/file.h"

#include <algorithm>

namespace retromod {

std::uint32_t Kernel::process()
{
    if (!process_) process_ = ++state_->next_process;
    return process_;
}

void Kernel::refresh()
{
    engine_.reset();
    run_began_.reset();
    current_ = nullptr;
    last_picked_ = 0;
    state_ = &machine_.single<KernelRow>();
    entry_by_name_.clear();
    variables_.clear();
    take_up();
    modules_ =
        std::make_unique<ModuleList>(memory(), module_layout_, GuestAddr{state_->module_list}, GuestAddr{state_->kernel_module});
}

std::vector<std::uint32_t> Kernel::waiting_processes()
{
    std::vector<std::uint32_t> processes;
    for (const auto& thread : machine_.table<ThreadRow>()) {
        const bool counts = thread.awaited && thread.process != process_ && thread.state != ThreadState::dead;
        if (counts && std::ranges::find(processes, thread.process) == processes.end()) processes.push_back(thread.process);
    }
    return processes;
}

void Kernel::end_process(std::uint32_t process)
{
    const auto is_call = [&](const ThreadRow& thread) { return thread.process == process && thread.state != ThreadState::dead; };
    for (auto& thread : machine_.table<ThreadRow>()) {
        if (!is_call(thread)) continue;
        thread.awaited = 0; // from now on its turn comes as a kernel thread's does
        if (thread.state == ThreadState::stopped) thread.state = ThreadState::runnable;
        if (thread.task) signal_task({thread.task});
    }
    settle(0);
    if (machine_.table<ThreadRow>().find_if(is_call)) return;
    auto files = machine_.table<OpenFileRow>();
    while (const auto* file = files.find_if([&](const OpenFileRow& row) { return row.process == process; })) {
        const auto number = files.number_of(*file);
        call({"close", {number + std::uint64_t{first_descriptor}}, 1});
        // A release that broke leaves its file behind.
        if (auto* left = files.find(number); left && left->process == process) left->process = 0;
    }
}

// A task with a signal pending that goes back to user mode does not see these: it dies, or its handler runs and the call
// gives EINTR. Source: include/linux/errno.h, do_signal of arch/*/kernel/signal.c.
SyscallResult Kernel::as_user_sees(std::uint64_t result) const
{
    constexpr std::int64_t restart_codes[] = {-512, -513, -514};
    const bool restarts = std::ranges::find(restart_codes, arch().signed_word(result)) != std::end(restart_codes);
    return signalled_ && restarts ? SyscallResult::failure(Errno::eintr, arch()) : SyscallResult{result};
}

} // namespace retromod
