/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Sets a bit and says what it was. The bits are counted in 32-bit words. */
static inline int test_and_set_bit(int number, volatile unsigned long *bits)
{
    const unsigned int mask = 1U << (number & 31);
    volatile int *word = (volatile int *)bits + number / 32;
    unsigned long old, set;
    __asm__ __volatile__("1:\tldl_l %0,%2\n"
                         "\tbis %0,%3,%1\n"
                         "\tstl_c %1,%2\n"
                         "\tbeq %1,1b\n"
                         "\tmb"
                         : "=&r"(old), "=&r"(set), "+m"(*word)
                         : "r"((unsigned long)mask)
                         : "memory");
    return (old & mask) != 0;
}
