/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
#include <linux/list.h>

#ifdef LINUX_2_2
static inline void init_timer(struct timer_list *timer) { timer->next = timer->prev = NULL; }
#else
static inline void init_timer(struct timer_list *timer) { timer->list.next = timer->list.prev = NULL; }
#endif

extern void add_timer(struct timer_list *timer);
extern int mod_timer(struct timer_list *timer, unsigned long expires);
extern int del_timer(struct timer_list *timer);
#define del_timer_sync(timer) del_timer(timer) /* without SMP */
