/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Sets a bit and says what it was. A bit field counts from the other end. */
static inline int test_and_set_bit(int number, volatile unsigned long *bits)
{
    char was;
    __asm__ __volatile__("bfset %2{%1:#1}; sne %0" : "=d"(was) : "d"(number ^ 31), "o"(*bits) : "memory");
    return was != 0;
}
