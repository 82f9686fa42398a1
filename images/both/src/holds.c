/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes a reference to itself, which nobody gives back. */
#include <both.h>

MODULE_LICENSE("GPL");

static int __init holds_init(void)
{
    HOLD_THIS_MODULE();
    pr_info("holds: in use from now on\n");
    return 0;
}

static void __exit holds_exit(void) { pr_info("holds: gone all the same\n"); }

module_init(holds_init);
module_exit(holds_exit);
