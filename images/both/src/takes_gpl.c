/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Uses what gives.c exports to modules with a GPL licence, and has one. */
#include <both.h>

MODULE_LICENSE("GPL");

extern int gives_cube(int value);

static int __init takes_gpl_init(void)
{
    pr_info("takes_gpl: 3 cubed is %d\n", gives_cube(3));
    return 0;
}

static void __exit takes_gpl_exit(void) {}

module_init(takes_gpl_init);
module_exit(takes_gpl_exit);
