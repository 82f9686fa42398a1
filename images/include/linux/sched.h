/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
#include <asm/current.h>
#include <linux/wait.h>

#define HZ 100

#define TASK_RUNNING 0
#define TASK_INTERRUPTIBLE 1
#define TASK_UNINTERRUPTIBLE 2

extern unsigned long volatile jiffies;

static inline int signal_pending(const struct task_struct *task) { return task->sigpending != 0; }
