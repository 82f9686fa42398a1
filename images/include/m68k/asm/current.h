/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
#include <linux/types.h>

/* The kernel keeps the task in a2. */
register struct task_struct *current __asm__("%a2");
