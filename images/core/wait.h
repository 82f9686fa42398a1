/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waiting: wait queues, semaphores. A task that waits joins the queue, sets its state, tests, and gives up the CPU, so that no
 * wake-up is lost. */
#pragma once

#include "service.h"

enum { TASK_RUNNING = 0, TASK_INTERRUPTIBLE = 1, TASK_UNINTERRUPTIBLE = 2, TASK_ANY = 3 };

/* A wait queue entry: room for a struct __wait_queue of every release (core_init checks that). */
enum { wait_entry_words = 16 };
struct waiter { word entry[wait_entry_words]; };

void init_waitqueue(void *queue);
void join(void *queue, struct waiter *waiter);
void leave(void *queue, struct waiter *waiter);
/* Wakes all that wait, where somebody does. */
void wake(void *queue);
#define set_state(value) (F(current, task_struct, state) = (value))

/* Waits uninterruptibly until the condition is false. */
#define wait_while(condition, queue, why)                                                                                         \
    do {                                                                                                                           \
        struct waiter waiter_;                                                                                                     \
        join(queue, &waiter_);                                                                                                     \
        for (;;) {                                                                                                                 \
            set_state(TASK_UNINTERRUPTIBLE);                                                                                       \
            if (!(condition)) break;                                                                                               \
            kc_schedule(why);                                                                                                      \
        }                                                                                                                          \
        set_state(TASK_RUNNING);                                                                                                   \
        leave(queue, &waiter_);                                                                                                    \
    } while (0)

void init_mutex(void *semaphore);
void down(void *semaphore);
void up(void *semaphore);
void init_rw_semaphore(void *semaphore);
