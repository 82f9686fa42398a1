// SPDX-License-Identifier: GPL-2.0-or-later
// Task queues: struct tq_struct in guest memory, which module code queues itself.
#include "emu/kernel/task_queue.h"

#include "emu/kernel/guest_list.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/trouble.h"

namespace retromod {
namespace {

bool is_list(Kernel& kernel) { return kernel.layouts().has("struct tq_struct", "list"); } // 2.4

} // namespace

CallGuest begin_task(Kernel& kernel, GuestAddr task)
{
    GuestStruct fields(kernel, "struct tq_struct", task);
    fields.set("sync", std::uint64_t{0});
    return {fields.pointer("routine"), {fields.get("data")}, 1, "task queue"};
}

bool is_task_queue_active(Kernel& kernel, GuestAddr queue)
{
    const auto first = kernel.memory().load_pointer(queue);
    return first && first != queue;
}

TaskQueueRun detach_task_queue(Kernel& kernel, GuestAddr queue)
{
    if (!is_task_queue_active(kernel, queue)) return {};
    const auto first = kernel.memory().load_pointer(queue);
    if (!is_list(kernel)) {
        kernel.memory().store_word(queue, 0);
        return {first.value, 0};
    }
    const auto last = guest_list::previous(kernel, queue);
    guest_list::init(kernel, queue);
    return {first.value, last.value};
}

std::optional<CallGuest> TaskQueueRun::take(Kernel& kernel)
{
    for (std::size_t steps = 0; next; ++steps) {
        if (steps > guest_list::walk_limit) throw KernelHang{"a task queue is a circle"};
        const GuestAddr task{next};
        next = next == last ? 0 : kernel.memory().load_word(task);
        const auto call = begin_task(kernel, task);
        if (call.function) return call;
    }
    return std::nullopt;
}

} // namespace retromod
