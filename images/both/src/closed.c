/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Uses what gives.c exports to modules with a GPL licence, and has none. */
#include <both.h>

MODULE_LICENSE("Proprietary");

extern int gives_cube(int value);

static int __init closed_init(void)
{
    pr_info("closed: 3 cubed is %d\n", gives_cube(3));
    return 0;
}

static void __exit closed_exit(void) {}

module_init(closed_init);
module_exit(closed_exit);
