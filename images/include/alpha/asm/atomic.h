/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
#include <linux/types.h>

#define atomic_read(value) ((value)->counter)

static inline void atomic_add(int amount, atomic_t *value)
{
    unsigned long sum;
    __asm__ __volatile__("1:\tldl_l %0,%1\n"
                         "\taddl %0,%2,%0\n"
                         "\tstl_c %0,%1\n"
                         "\tbeq %0,1b"
                         : "=&r"(sum), "+m"(value->counter)
                         : "Ir"(amount));
}
static inline void atomic_inc(atomic_t *value) { atomic_add(1, value); }
static inline void atomic_dec(atomic_t *value) { atomic_add(-1, value); }
