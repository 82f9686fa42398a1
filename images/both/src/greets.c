/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Says hello; has a number and a text for parameters. */
#include <both.h>

MODULE_LICENSE("GPL");

static int count = 1;
static char *who = "world";
INT_PARAMETER(count);
TEXT_PARAMETER(who);

static int __init greets_init(void)
{
    int i;
    for (i = 0; i < count; ++i) pr_info("greets: hello, %s\n", who);
    return 0;
}

static void __exit greets_exit(void) { pr_info("greets: goodbye, %s\n", who); }

module_init(greets_init);
module_exit(greets_exit);
