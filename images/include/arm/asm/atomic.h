/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
#include <linux/types.h>

#define atomic_read(value) ((value)->counter)

/* One instruction does it on no CPU of the time: interrupts are masked instead. */
static inline void atomic_add(int amount, atomic_t *value)
{
    unsigned long flags, masked;
    __asm__ __volatile__("mrs %0, cpsr\n\torr %1, %0, #128\n\tmsr cpsr_c, %1" : "=r"(flags), "=r"(masked) : : "memory");
    value->counter += amount;
    __asm__ __volatile__("msr cpsr_c, %0" : : "r"(flags) : "memory");
}
static inline void atomic_inc(atomic_t *value) { atomic_add(1, value); }
static inline void atomic_dec(atomic_t *value) { atomic_add(-1, value); }
