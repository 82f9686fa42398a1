/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wait queues and semaphores. Source: kernel/fork.c, kernel/sched.c, include/asm-ARCH/semaphore.h of 2.4. */
#include "wait.h"

#include "text.h"

extern char INIT__spinlock[]; /* what a free lock holds: 1 on SMP of i386, else 0 */

static struct list_head *tasks(void *queue) { return IN(queue, __wait_queue_head, task_list); }

void init_waitqueue(void *queue)
{
    memset(queue, 0, SIZE(__wait_queue_head));
    if (HAS(__wait_queue_head, lock) && (word)LEN____wait_queue_head__lock) *(int *)queue = (word)INIT__spinlock;
    list_init(tasks(queue));
}

void join(void *queue, struct waiter *waiter)
{
    memset(waiter, 0, sizeof *waiter);
    F((void *)waiter, __wait_queue, task) = current;
    list_add(IN((void *)waiter, __wait_queue, task_list), tasks(queue));
}

void leave(void *queue, struct waiter *waiter)
{
    (void)queue;
    list_del(IN((void *)waiter, __wait_queue, task_list));
}

void wake(void *queue)
{
    if (!list_empty(tasks(queue))) kc_wake_up(queue, TASK_ANY, 0);
}

static int *count(void *semaphore) { return IN(semaphore, semaphore, count); }

void init_mutex(void *semaphore)
{
    memset(semaphore, 0, SIZE(semaphore));
    *count(semaphore) = 1;
    init_waitqueue(IN(semaphore, semaphore, wait));
}

void down(void *semaphore)
{
    if (--*count(semaphore) < 0) kc_down(semaphore);
}

void up(void *semaphore)
{
    if (++*count(semaphore) <= 0) kc_up(semaphore);
}

/* A free one is all zeros but for its list of waiters and, where it has them, its locks. */
void init_rw_semaphore(void *semaphore)
{
    memset(semaphore, 0, SIZE(rw_semaphore));
    if (HAS(rw_semaphore, wait_list)) list_init(IN(semaphore, rw_semaphore, wait_list));
}
