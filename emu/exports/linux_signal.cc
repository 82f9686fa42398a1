// SPDX-License-Identifier: GPL-2.0-or-later
// linux/signal.h: what drivers do to end the kernel threads they started. Source: kernel/signal.c of 2.2 and 2.4.
#include "emu/exports/family.h"
#include "emu/exports/wait_queue.h"
#include "emu/kernel/guest_struct.h"

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
    if (task.get("state") & task_state::interruptible) kernel.wake_task(at);
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

constexpr Export functions[] = {
    init<send_sig>("send_sig"),
    init<send_sig_info>("send_sig_info"),
    init<kill_proc>("kill_proc"),
    init<flush_signals>("flush_signals"),
};

} // namespace

extern const Family linux_signal{.header = "linux/signal.h", .functions = functions};

} // namespace retromod
