/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
#include <linux/types.h>

/* The task lies at the bottom of its 8 KiB kernel stack. */
static inline struct task_struct *get_current(void)
{
    struct task_struct *task;
    __asm__("andl %%esp,%0" : "=r"(task) : "0"(~8191UL));
    return task;
}
#define current get_current()
