// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"
#include "emu/kernel/thread.h"

namespace retromod {

/// The tasks that were on a task_queue when it was run, taken off it: what is queued meanwhile waits for the next run.
/// Source: run_task_queue of include/linux/tqueue.h (2.2), __run_task_queue of kernel/softirq.c (2.4).
struct TaskQueueRun {
    std::uint64_t next = 0; ///< struct tq_struct that runs next, 0 for none
    std::uint64_t last = 0; ///< 2.4: the last one; 2.2 ends with NULL

    /// The next task's call; nothing when all have run. The task may be queued again from here on.
    std::optional<CallGuest> take(Kernel& kernel);
};

/// Takes everything off `queue`, a pointer in 2.2 and a list_head in 2.4.
TaskQueueRun detach_task_queue(Kernel& kernel, GuestAddr queue);
/// TQ_ACTIVE: something is on the queue.
bool is_task_queue_active(Kernel& kernel, GuestAddr queue);

/// What a task calls; it may be queued again from here on.
CallGuest begin_task(Kernel& kernel, GuestAddr task);

} // namespace retromod
