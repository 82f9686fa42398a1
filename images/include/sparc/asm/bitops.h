/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Sets a bit and says what it was. There is but one CPU, and no interrupt of the samples sets the same bits. */
static inline int test_and_set_bit(int number, volatile unsigned long *bits)
{
    const unsigned long mask = 1UL << (number & 31);
    volatile unsigned long *word = bits + number / 32;
    const unsigned long old = *word;
    *word = old | mask;
    return (old & mask) != 0;
}
