/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Sets a bit and says what it was. */
static inline int test_and_set_bit(int number, volatile unsigned long *bits)
{
    const unsigned long mask = 1UL << (number & 31);
    volatile unsigned long *word = bits + number / 32;
    unsigned long old, set;
    __asm__ __volatile__("1:\tlwarx %0,0,%4\n"
                         "\tor %1,%0,%3\n"
                         "\tstwcx. %1,0,%4\n"
                         "\tbne- 1b"
                         : "=&r"(old), "=&r"(set), "+m"(*word)
                         : "r"(mask), "r"(word)
                         : "cc", "memory");
    return (old & mask) != 0;
}
