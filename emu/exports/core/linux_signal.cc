// SPDX-License-Identifier: GPL-2.0-or-later
// linux/signal.h: what drivers do to end the kernel threads they started. Source: kernel/signal.c of 2.2 and 2.4.
#include "emu/exports/core/wait_queue.h"
#include "emu/exports/family.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/threads.h"

namespace retromod {
namespace {

constexpr std::int32_t signal_limit = 64;

/// A bit of a sigset_t: words of the guest's long, lowest signal first.
bool has_signal(Kernel& kernel, GuestAddr set, std::int32_t signal)
{
    return kernel.memory().load<std::uint8_t>(set + static_cast<std::uint64_t>(signal - 1) / 8) >> ((signal - 1) % 8) & 1;
}
void add_signal(Kernel& kernel, GuestAddr set, std::int32_t signal)
{
    const auto at = set + static_cast<std::uint64_t>(signal - 1) / 8;
    const auto bits = kernel.memory().load<std::uint8_t>(at) | 1u << ((signal - 1) % 8);
    kernel.memory().store<std::uint8_t>(at, static_cast<std::uint8_t>(bits));
}

GuestAddr pending_set(const GuestStruct& task)
{
    return task.has("pending.signal") ? task.address("pending.signal") : task.has("signal") ? task.address("signal") : GuestAddr{};
}

/// Makes the signal pending; a sleeper that it may interrupt wakes. Signal 0 only asks whether the task is there.
std::int32_t send(Kernel& kernel, GuestAddr at, std::int32_t signal)
{
    if (signal < 0 || signal > signal_limit) return error_code(kernel, Errno::einval);
    if (signal == 0) return 0;
    GuestStruct task(kernel, "struct task_struct", at);
    if (const auto set = pending_set(task)) add_signal(kernel, set, signal);
    if (has_signal(kernel, task.address("blocked"), signal)) return 0;
    task.set("sigpending", std::uint64_t{1});
    if (task.get("state") & task_state::interruptible) kernel.threads().wake(at);
    return 0;
}

std::int32_t send_sig(Kernel& kernel, std::int32_t signal, GuestAddr task, std::int32_t) { return send(kernel, task, signal); }
std::int32_t send_sig_info(Kernel& kernel, std::int32_t signal, GuestAddr, GuestAddr task) { return send(kernel, task, signal); }

std::int32_t kill_proc(Kernel& kernel, std::int32_t pid, std::int32_t signal, std::int32_t)
{
    const auto* thread = kernel.machine().table<ThreadRow>().find_if([&](const ThreadRow& row) {
        return row.task && row.pid == static_cast<std::uint32_t>(pid) && row.state != ThreadState::dead;
    });
    return thread ? send(kernel, {thread->task}, signal) : error_code(kernel, Errno::esrch);
}

void flush_signals(Kernel& kernel, GuestAddr at)
{
    GuestStruct task(kernel, "struct task_struct", at);
    task.set("sigpending", std::uint64_t{0});
    if (const auto set = pending_set(task)) kernel.memory().fill(set, signal_limit / 8, std::byte{0});
}

/// To every task of a process group.
std::int32_t kill_pg(Kernel& kernel, std::int32_t group, std::int32_t signal, std::int32_t)
{
    bool found = false;
    for (const auto& row : kernel.machine().table<ThreadRow>()) {
        if (!row.task || row.state == ThreadState::dead) continue;
        if (GuestStruct(kernel, "struct task_struct", {row.task}).get_int("pgrp") != group) continue;
        send(kernel, {row.task}, signal);
        found = true;
    }
    return found ? 0 : error_code(kernel, Errno::esrch);
}

/// The lowest pending signal that `mask` does not block, taken; 0 when there is none.
std::int32_t dequeue_signal(Kernel& kernel, GuestAddr mask, GuestAddr)
{
    GuestStruct task(kernel, "struct task_struct", kernel.threads().current_task());
    const auto set = pending_set(task);
    if (!set) return 0;
    std::int32_t taken = 0;
    bool more = false;
    for (std::int32_t signal = 1; signal <= signal_limit; ++signal) {
        if (!has_signal(kernel, set, signal) || has_signal(kernel, mask, signal)) continue;
        if (taken) more = true;
        else taken = signal;
    }
    if (taken) {
        const auto at = set + static_cast<std::uint64_t>(taken - 1) / 8;
        const auto bits = kernel.memory().load<std::uint8_t>(at) & ~(1u << ((taken - 1) % 8));
        kernel.memory().store<std::uint8_t>(at, static_cast<std::uint8_t>(bits));
    }
    task.set("sigpending", std::uint64_t{more});
    return taken;
}

/// A driver's notifier, data and mask, asked before signals of that mask reach the task.
void block_all_signals(Kernel& kernel, GuestFunction notifier, GuestAddr data, GuestAddr mask)
{
    GuestStruct task(kernel, "struct task_struct", kernel.threads().current_task());
    task.set_if_there("notifier_mask", mask.value);
    task.set_if_there("notifier_data", data.value);
    task.set_if_there("notifier", notifier.address.value);
}
void unblock_all_signals(Kernel& kernel) { block_all_signals(kernel, {}, {}, {}); }

constexpr Export functions[] = {
    full<kill_pg>("kill_pg"),
    full<dequeue_signal>("dequeue_signal"),
    full<block_all_signals>("block_all_signals", since_2_4),
    full<unblock_all_signals>("unblock_all_signals", since_2_4),
    init<send_sig>("send_sig"),
    init<send_sig_info>("send_sig_info"),
    init<kill_proc>("kill_proc"),
    init<flush_signals>("flush_signals"),
};

} // namespace

extern const Family linux_signal{.header = "linux/signal.h", .functions = functions};

} // namespace retromod
