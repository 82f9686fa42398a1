/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Sets a bit and says what it was. */
static inline int test_and_set_bit(int number, volatile unsigned long *bits)
{
    const unsigned long mask = 1UL << (number & 31);
    volatile unsigned long *word = bits + number / 32;
    unsigned long old, set;
    __asm__ __volatile__("1:\tll %0,%2\n"
                         "\tor %1,%0,%3\n"
                         "\tsc %1,%2\n"
                         "\tbeqz %1,1b"
                         : "=&r"(old), "=&r"(set), "+m"(*word)
                         : "r"(mask)
                         : "memory");
    return (old & mask) != 0;
}
