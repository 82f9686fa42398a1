// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/clock.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/thread.h"

namespace retromod {

/// Bits of task_struct.state. Source: include/linux/sched.h.
namespace task_state {
constexpr std::uint64_t running = 0, interruptible = 1, uninterruptible = 2;
}

/// What giving up the CPU costs: 10 us. A driver that polls with schedule() sees time pass.
constexpr std::uint64_t switch_blocks = 10 * blocks_per_microsecond;

enum class Exclusive : bool { no, yes };

/// Wakes the tasks in the guest's wait queue (2.4: a wait_queue_head_t, 2.2: a struct wait_queue *) whose state is in
/// `mode`; at most `exclusive_limit` of the exclusive ones, 0 for all.
void wake_queue(Kernel& kernel, GuestAddr queue, std::uint64_t mode, std::int64_t exclusive_limit);

/// up() of a struct semaphore, which is inline in modules. Source: include/asm/semaphore.h.
void up(Kernel& kernel, GuestAddr semaphore);

/// Puts the current task into the queue, by an entry below the guest's stack pointer, where the kernel's own would lie.
/// Returns the entry.
GuestAddr join_queue(Kernel& kernel, const Frame& frame, GuestAddr queue, Exclusive exclusive);
void leave_queue(Kernel& kernel, GuestAddr queue, GuestAddr entry);

void set_current_state(Kernel& kernel, std::uint64_t state);
/// The current task sleeps interruptibly or is about to, and a signal ends that.
bool signal_pending(Kernel& kernel);

/// schedule(): the step that a function returns to give up the CPU until it is woken.
Step wait_step(Kernel& kernel, const char* what, std::uint64_t until = ~std::uint64_t{});

} // namespace retromod
