/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Uses what gives.c exports to everybody. */
#include <both.h>

MODULE_LICENSE("GPL");

extern int gives_square(int value);

static int __init takes_init(void)
{
    pr_info("takes: 7 squared is %d\n", gives_square(7));
    return 0;
}

static void __exit takes_exit(void) { pr_info("takes: gone\n"); }

module_init(takes_init);
module_exit(takes_exit);
