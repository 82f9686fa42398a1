/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
#include <linux/types.h>

#define atomic_read(value) ((value)->counter)

/* Interrupts are kept away by the highest processor interrupt level. */
static inline void atomic_add(int amount, atomic_t *value)
{
    unsigned long psr, masked;
    __asm__ __volatile__("rd %%psr,%0\n\tor %0,0xf00,%1\n\twr %1,0,%%psr\n\tnop\n\tnop\n\tnop"
                         : "=r"(psr), "=r"(masked) : : "memory");
    value->counter += amount;
    __asm__ __volatile__("wr %0,0,%%psr\n\tnop\n\tnop\n\tnop" : : "r"(psr) : "memory");
}
static inline void atomic_inc(atomic_t *value) { atomic_add(1, value); }
static inline void atomic_dec(atomic_t *value) { atomic_add(-1, value); }
