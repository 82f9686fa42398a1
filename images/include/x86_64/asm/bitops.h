/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Sets a bit and says what it was. */
static inline int test_and_set_bit(int number, volatile unsigned long *bits)
{
    int old;
    __asm__ __volatile__("btsl %2,%1\n\tsbbl %0,%0" : "=r"(old), "+m"(*bits) : "Ir"(number) : "memory");
    return old;
}
