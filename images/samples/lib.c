/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A library: no init_module, no export table, so that insmod exports every global symbol; its variables are commons. */
#include <linux/kernel.h>
#include <linux/module.h>

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("a library without init_module");

int lib_calls;
long lib_history[16];

long lib_sum(long a, long b)
{
    const long sum = a + b;
    lib_history[lib_calls++ % array_length(lib_history)] = sum;
    return sum;
}
