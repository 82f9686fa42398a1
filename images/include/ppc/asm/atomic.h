/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
#include <linux/types.h>

#define atomic_read(value) ((value)->counter)

static inline void atomic_add(int amount, atomic_t *value)
{
    int sum;
    __asm__ __volatile__("1:\tlwarx %0,0,%3\n"
                         "\tadd %0,%2,%0\n"
                         "\tstwcx. %0,0,%3\n"
                         "\tbne- 1b"
                         : "=&r"(sum), "+m"(value->counter)
                         : "r"(amount), "r"(&value->counter)
                         : "cc");
}
static inline void atomic_inc(atomic_t *value) { atomic_add(1, value); }
static inline void atomic_dec(atomic_t *value) { atomic_add(-1, value); }
