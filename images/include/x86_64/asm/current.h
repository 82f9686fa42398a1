/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
#include <linux/types.h>

/* The task is named by the processor's own data, which %gs points to. */
static inline struct task_struct *get_current(void)
{
    struct task_struct *task;
    __asm__ __volatile__("movq %%gs:%P1,%0" : "=r"(task) : "i"(__builtin_offsetof(struct x8664_pda, pcurrent)));
    return task;
}
#define current get_current()
