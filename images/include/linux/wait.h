/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
#include <linux/linkage.h>
#include <linux/list.h>

#ifndef LINUX_2_2 /* there a queue is one pointer */
#define DECLARE_WAIT_QUEUE_HEAD(name) \
    wait_queue_head_t name = {.task_list = LIST_HEAD_INIT((name).task_list)}

FASTCALL(extern void __wake_up(wait_queue_head_t *queue, unsigned int mode, int count));
FASTCALL(extern void interruptible_sleep_on(wait_queue_head_t *queue));

#define wake_up_interruptible(queue) __wake_up((queue), TASK_INTERRUPTIBLE, 1)
#endif
