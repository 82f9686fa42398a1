/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Says nothing about its licence. */
#include <both.h>

static int __init unlicensed_init(void)
{
    pr_info("unlicensed: here\n");
    return 0;
}

static void __exit unlicensed_exit(void) {}

module_init(unlicensed_init);
module_exit(unlicensed_exit);
