// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/exports/core/wait_queue.h"

#include "emu/kernel/guest_list.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/threads.h"
#include "emu/kernel/trouble.h"

namespace retromod {
namespace {

constexpr std::uint64_t wq_flag_exclusive = 1; // WQ_FLAG_EXCLUSIVE

bool has_old_queues(Kernel& kernel) { return kernel.layouts().has("struct wait_queue"); }

/// 2.2: the queue variable, seen as the `next` member of an entry that is not there, closes the circle.
GuestAddr old_head(Kernel& kernel, GuestAddr queue) { return queue - kernel.layouts().field("struct wait_queue", "next").offset; }

void wake_old_queue(Kernel& kernel, GuestAddr queue, std::uint64_t mode)
{
    auto at = kernel.memory().load_pointer(queue);
    std::size_t steps = 0;
    while (at && at != old_head(kernel, queue)) {
        if (++steps > guest_list::walk_limit) throw KernelHang{"a wait queue is a circle without its head"};
        const GuestStruct entry(kernel, "struct wait_queue", at);
        const auto task = entry.pointer("task");
        at = entry.pointer("next");
        if (kernel.threads().task_field(task, "state") & mode) kernel.threads().wake(task);
    }
}

GuestAddr head_of(Kernel& kernel, GuestAddr queue)
{
    return GuestStruct(kernel, "struct __wait_queue_head", queue).address("task_list");
}

} // namespace

void wake_queue(Kernel& kernel, GuestAddr queue, std::uint64_t mode, std::int64_t exclusive_limit)
{
    if (!queue) return;
    if (has_old_queues(kernel)) return wake_old_queue(kernel, queue, mode);
    const auto link = kernel.layouts().field("struct __wait_queue", "task_list").offset;
    guest_list::for_each(kernel, head_of(kernel, queue), [&](GuestAddr node) {
        const GuestStruct entry(kernel, "struct __wait_queue", node - link);
        const auto task = entry.pointer("task");
        if (!(kernel.threads().task_field(task, "state") & mode)) return true;
        return !(kernel.threads().wake(task) && (entry.get("flags") & wq_flag_exclusive) && --exclusive_limit == 0);
    });
}

GuestAddr join_queue(Kernel& kernel, const Frame& frame, GuestAddr queue, Exclusive exclusive)
{
    constexpr std::uint64_t room = 64;
    const GuestAddr at{round_down(frame.caller.reg[kernel.cpu().sp] - room, 16)};
    const auto task = kernel.threads().current_task();
    if (has_old_queues(kernel)) {
        GuestStruct entry(kernel, "struct wait_queue", at);
        const auto first = kernel.memory().load_pointer(queue);
        entry.set("task", task);
        entry.set("next", first ? first : old_head(kernel, queue));
        kernel.memory().store_word(queue, at.value);
        return at;
    }
    GuestStruct entry(kernel, "struct __wait_queue", at);
    entry.set("flags", exclusive == Exclusive::yes ? wq_flag_exclusive : 0);
    entry.set("task", task);
    const auto node = entry.address("task_list");
    if (exclusive == Exclusive::yes) guest_list::add_tail(kernel, node, head_of(kernel, queue));
    else guest_list::add(kernel, node, head_of(kernel, queue));
    return at;
}

void leave_queue(Kernel& kernel, GuestAddr queue, GuestAddr entry)
{
    if (!has_old_queues(kernel))
        return guest_list::remove(kernel, GuestStruct(kernel, "struct __wait_queue", entry).address("task_list"));
    const auto next_offset = kernel.layouts().field("struct wait_queue", "next").offset;
    auto at = old_head(kernel, queue);
    for (std::size_t steps = 0; steps < guest_list::walk_limit; ++steps) {
        const auto next = kernel.memory().load_pointer(at + next_offset);
        if (!next) return;
        if (next == entry) {
            kernel.memory().store_word(at + next_offset, kernel.memory().load_pointer(entry + next_offset).value);
            return;
        }
        at = next;
    }
    throw KernelHang{"a wait queue is a circle without its head"};
}

void set_current_state(Kernel& kernel, std::uint64_t state)
{
    kernel.threads().set_task_field(kernel.threads().current_task(), "state", state);
}

bool signal_pending(Kernel& kernel) { return kernel.threads().task_field(kernel.threads().current_task(), "sigpending") != 0; }

Step wait_step(Kernel& kernel, const char* what, std::uint64_t until)
{
    const auto state = kernel.threads().task_field(kernel.threads().current_task(), "state");
    if (state & task_state::interruptible && signal_pending(kernel)) set_current_state(kernel, task_state::running);
    return Sleep{what, until};
}

} // namespace retromod
