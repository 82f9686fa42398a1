// SPDX-License-Identifier: GPL-2.0-or-later
// linux/sched.h and linux/wait.h: sleeping and waking. Source: kernel/sched.c, kernel/fork.c of 2.2 and 2.4.
#include "emu/exports/core/wait_queue.h"
#include "emu/exports/family.h"
#include "emu/kernel/clock.h"
#include "emu/kernel/guest_list.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/log.h"
#include "emu/kernel/threads.h"

#include <fmt/format.h>

#include <limits>

namespace retromod {
namespace {

void wake_up(Kernel& kernel, GuestAddr queue, std::uint32_t mode, std::int32_t limit) { wake_queue(kernel, queue, mode, limit); }
void wake_up_2_2(Kernel& kernel, GuestAddr queue, std::uint32_t mode) { wake_queue(kernel, queue, mode, 0); }
std::int32_t wake_up_process(Kernel& kernel, GuestAddr task) { return kernel.threads().wake(task); }

GuestAddr queue_node(Kernel& kernel, GuestAddr entry)
{
    return GuestStruct(kernel, "struct __wait_queue", entry).address("task_list");
}
GuestAddr queue_head(Kernel& kernel, GuestAddr queue)
{
    return GuestStruct(kernel, "struct __wait_queue_head", queue).address("task_list");
}

void add_wait_queue(Kernel& kernel, GuestAddr queue, GuestAddr entry)
{
    GuestStruct fields(kernel, "struct __wait_queue", entry);
    fields.set("flags", fields.get("flags") & ~std::uint64_t{1});
    guest_list::add(kernel, queue_node(kernel, entry), queue_head(kernel, queue));
}

void add_wait_queue_exclusive(Kernel& kernel, GuestAddr queue, GuestAddr entry)
{
    GuestStruct fields(kernel, "struct __wait_queue", entry);
    fields.set("flags", fields.get("flags") | 1);
    guest_list::add_tail(kernel, queue_node(kernel, entry), queue_head(kernel, queue));
}

void remove_wait_queue(Kernel& kernel, GuestAddr, GuestAddr entry) { guest_list::remove(kernel, queue_node(kernel, entry)); }

// --- giving up the CPU ------------------------------------------------------------------------------------------

Step schedule(Kernel& kernel, Frame& frame)
{
    if (frame.phase++) return Return{};
    kernel.clock().pass(switch_blocks);
    return wait_step(kernel, "schedule");
}

constexpr std::int64_t forever = std::numeric_limits<std::int32_t>::max(); // MAX_SCHEDULE_TIMEOUT of 32 bits

/// Jiffies at which a timeout is over.
std::uint64_t deadline(Kernel& kernel, std::int64_t timeout)
{
    return timeout >= forever ? ~std::uint64_t{0} : kernel.clock().jiffies() + static_cast<std::uint64_t>(timeout);
}
std::uint64_t time_left(Kernel& kernel, std::uint64_t until, std::int64_t timeout)
{
    if (until == ~std::uint64_t{0}) return static_cast<std::uint64_t>(timeout);
    return until > kernel.clock().jiffies() ? until - kernel.clock().jiffies() : 0;
}

Step schedule_timeout(Kernel& kernel, Frame& frame, Long timeout)
{
    auto& until = frame.local<std::uint64_t>();
    if (frame.phase++) return Return{time_left(kernel, until, timeout.value)};
    if (timeout.value < 0) {
        kernel.log().write(fmt::format("<3>schedule_timeout: wrong timeout value {:x} from {:08x}\n",
                               kernel.arch().word(static_cast<std::uint64_t>(timeout.value)),
                               kernel.memory().load_word({frame.caller.reg[kernel.cpu().sp]})));
        set_current_state(kernel, task_state::running);
        return Return{0};
    }
    until = deadline(kernel, timeout.value);
    kernel.clock().pass(switch_blocks);
    return wait_step(kernel, "schedule_timeout", until);
}

struct Sleeping {
    GuestAddr entry;
    std::uint64_t until;
};

Step sleep_in(Kernel& kernel, Frame& frame, GuestAddr queue, std::uint64_t state, std::int64_t timeout, const char* what)
{
    auto& local = frame.local<Sleeping>();
    if (frame.phase++) {
        leave_queue(kernel, queue, local.entry);
        return Return{time_left(kernel, local.until, timeout)};
    }
    set_current_state(kernel, state);
    local.entry = join_queue(kernel, frame, queue, Exclusive::no);
    local.until = deadline(kernel, timeout);
    return wait_step(kernel, what, local.until);
}

Step sleep_on(Kernel& kernel, Frame& frame, GuestAddr queue)
{
    return sleep_in(kernel, frame, queue, task_state::uninterruptible, forever, "sleep_on");
}
Step interruptible_sleep_on(Kernel& kernel, Frame& frame, GuestAddr queue)
{
    return sleep_in(kernel, frame, queue, task_state::interruptible, forever, "interruptible_sleep_on");
}
Step sleep_on_timeout(Kernel& kernel, Frame& frame, GuestAddr queue, Long timeout)
{
    return sleep_in(kernel, frame, queue, task_state::uninterruptible, timeout.value, "sleep_on_timeout");
}
Step interruptible_sleep_on_timeout(Kernel& kernel, Frame& frame, GuestAddr queue, Long timeout)
{
    return sleep_in(kernel, frame, queue, task_state::interruptible, timeout.value, "interruptible_sleep_on_timeout");
}

Step sys_sched_yield(Kernel& kernel, Frame& frame)
{
    if (frame.phase++) return Return{};
    kernel.clock().pass(switch_blocks);
    return Sleep{"sched_yield"};
}

/// The caller lets others run, and stays runnable.
Step yield(Kernel& kernel, Frame& frame)
{
    if (!frame.phase) set_current_state(kernel, task_state::running);
    return sys_sched_yield(kernel, frame);
}

// --- threads ----------------------------------------------------------------------------------------------------

std::int32_t kernel_thread(Kernel& kernel, GuestFunction function, ULong argument, ULong)
{
    const auto comm = GuestStruct(kernel, "struct task_struct", kernel.threads().current_task()).text("comm");
    return static_cast<std::int32_t>(kernel.threads().start_kernel(function.address, argument.value, comm));
}

Step do_exit(Kernel&, Frame&, Long) { return Exit{}; }

Step complete_and_exit(Kernel& kernel, Frame&, GuestAddr completion, Long)
{
    if (completion) {
        GuestStruct fields(kernel, "struct completion", completion);
        fields.set("done", fields.get("done") + 1);
        wake_queue(kernel, fields.address("wait"), task_state::interruptible | task_state::uninterruptible, 1);
    }
    return Exit{};
}

// Kernel threads here have neither user memory nor terminal nor files to give up.
void daemonize(Kernel& kernel)
{
    GuestStruct task(kernel, "struct task_struct", kernel.threads().current_task());
    task.set("session", std::uint64_t{1});
    task.set("pgrp", std::uint64_t{1});
}

void reparent_to_init(Kernel&) {}

// --- completions ------------------------------------------------------------------------------------------------

void complete(Kernel& kernel, GuestAddr completion)
{
    GuestStruct fields(kernel, "struct completion", completion);
    fields.set("done", fields.get("done") + 1);
    wake_queue(kernel, fields.address("wait"), task_state::interruptible | task_state::uninterruptible, 1);
}

Step wait_for_completion(Kernel& kernel, Frame& frame, GuestAddr completion)
{
    GuestStruct fields(kernel, "struct completion", completion);
    auto& entry = frame.local<GuestAddr>();
    if (fields.get("done")) {
        if (entry) leave_queue(kernel, fields.address("wait"), entry);
        set_current_state(kernel, task_state::running);
        fields.set("done", fields.get("done") - 1);
        return Return{};
    }
    if (!entry) entry = join_queue(kernel, frame, fields.address("wait"), Exclusive::yes);
    set_current_state(kernel, task_state::uninterruptible);
    return wait_step(kernel, "wait_for_completion");
}

constexpr Export functions[] = {
    full<wake_up_2_2>("__wake_up", only_2_2),
    full<wake_up>("__wake_up", since_2_4),
    full<wake_up>("__wake_up_sync", from(LayoutVersion::v2_4_18_14)),
    full<wake_up_process>("wake_up_process", since_2_4),
    full<add_wait_queue>("add_wait_queue", since_2_4),
    full<add_wait_queue_exclusive>("add_wait_queue_exclusive", since_2_4),
    full<remove_wait_queue>("remove_wait_queue", since_2_4),
    full<schedule>("schedule"),
    full<schedule_timeout>("schedule_timeout"),
    full<sleep_on>("sleep_on"),
    full<interruptible_sleep_on>("interruptible_sleep_on"),
    full<sleep_on_timeout>("sleep_on_timeout"),
    full<interruptible_sleep_on_timeout>("interruptible_sleep_on_timeout"),
    full<sys_sched_yield>("sys_sched_yield", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    full<yield>("yield", from(LayoutVersion::v2_4_22)),
    full<yield>("__cond_resched", from(LayoutVersion::v2_4_22)),
    full<kernel_thread>("kernel_thread"),
    full<do_exit>("do_exit", only_2_2),
    full<complete_and_exit>("complete_and_exit", from(LayoutVersion::v2_4_18_14)),
    init<daemonize>("daemonize"),
    inert<reparent_to_init>("reparent_to_init", from(LayoutVersion::v2_4_18_14)),
    full<complete>("complete", from(LayoutVersion::v2_4_18_14)),
    full<wait_for_completion>("wait_for_completion", from(LayoutVersion::v2_4_18_14)),
};

} // namespace

extern const Family linux_sched{.header = "linux/sched.h", .functions = functions};

} // namespace retromod
