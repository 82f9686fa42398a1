/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
#include <linux/types.h>

/* The kernel keeps the task in g6. */
register struct task_struct *current __asm__("g6");
