/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds no device: its init routine returns -ENODEV, or what its parameter says. */
#include <both.h>

MODULE_LICENSE("GPL");

static int answer = -19;
INT_PARAMETER(answer);

static int __init refuses_init(void)
{
    pr_info("refuses: returning %d\n", answer);
    return answer;
}

static void __exit refuses_exit(void) { pr_info("refuses: gone\n"); }

module_init(refuses_init);
module_exit(refuses_exit);
