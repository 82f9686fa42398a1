/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exports a name that gives.c exports, too. */
#include <both.h>

MODULE_LICENSE("GPL");

int gives_square(int value);
int gives_square(int value) { return value + value; }
EXPORT_SYMBOL(gives_square);

static int __init gives_again_init(void)
{
    pr_info("gives_again: ready\n");
    return 0;
}

static void __exit gives_again_exit(void) {}

module_init(gives_again_init);
module_exit(gives_again_exit);
