/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads through a null pointer in its init routine. */
#include <both.h>

MODULE_LICENSE("GPL");

static const int *volatile nowhere;

static int __init oopses_init(void)
{
    pr_info("oopses: reading\n");
    return *nowhere;
}

static void __exit oopses_exit(void) {}

module_init(oopses_init);
module_exit(oopses_exit);
