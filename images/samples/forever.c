/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Never returns from init_module. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("loops for ever");

static volatile unsigned long turns;

static int __init forever_init(void)
{
    printk(KERN_INFO "forever: begins\n");
    for (;;) ++turns;
    return 0;
}

static void __exit forever_exit(void) { printk(KERN_INFO "forever: ended\n"); }

module_init(forever_init);
module_exit(forever_exit);
