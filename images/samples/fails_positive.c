/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Returns +1 from init_module, which is neither success nor an error. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("returns +1");

static int __init fails_positive_init(void)
{
    printk(KERN_INFO "fails_positive: returning 1\n");
    return 1;
}

static void __exit fails_positive_exit(void) { printk(KERN_INFO "fails_positive: gone\n"); }

module_init(fails_positive_init);
module_exit(fails_positive_exit);
