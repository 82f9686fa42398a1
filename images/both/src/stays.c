/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Has an init routine, and no cleanup. */
#include <both.h>

MODULE_LICENSE("GPL");

static int __init stays_init(void)
{
    pr_info("stays: here\n");
    return 0;
}

module_init(stays_init);
