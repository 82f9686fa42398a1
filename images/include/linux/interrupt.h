/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
#include <asm/bitops.h>
#include <linux/linkage.h>
#include <linux/types.h>

#define TASKLET_STATE_SCHED 0

#define DECLARE_TASKLET(name, function, argument) \
    struct tasklet_struct name = {NULL, 0, {0}, (function), (argument)}

FASTCALL(extern void __tasklet_schedule(struct tasklet_struct *tasklet));
extern void tasklet_kill(struct tasklet_struct *tasklet);

static inline void tasklet_schedule(struct tasklet_struct *tasklet)
{
    if (!test_and_set_bit(TASKLET_STATE_SCHED, &tasklet->state)) __tasklet_schedule(tasklet);
}
