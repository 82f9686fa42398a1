/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exports a function to everybody, and one to modules with a GPL licence. */
#include <both.h>

MODULE_LICENSE("GPL");

int gives_cube(int value);
int gives_square(int value);

int gives_cube(int value) { return value * value * value; }
int gives_square(int value) { return value * value; }

EXPORT_SYMBOL(gives_square);
EXPORT_SYMBOL_GPL(gives_cube);

static int __init gives_init(void)
{
    pr_info("gives: ready\n");
    return 0;
}

static void __exit gives_exit(void) { pr_info("gives: gone\n"); }

module_init(gives_init);
module_exit(gives_exit);
