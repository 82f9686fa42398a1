// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"

namespace retromod {

/// Lets a struct tasklet_struct run, once, as soon as interrupts are enabled.
void schedule_tasklet(Kernel& kernel, GuestAddr tasklet);

/// The handler of an old-style bottom half (TIMER_BH 0 .. 31); NULL for none.
void set_bottom_half(Kernel& kernel, std::int32_t number, GuestAddr routine);

/// Takes all struct tq_struct off a task queue and lets their routines run, as bottom halves do.
void run_task_queue_deferred(Kernel& kernel, GuestAddr queue);

} // namespace retromod
