/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads through a null pointer in init_module. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("oopses");

static int *volatile nowhere;

static int __attribute__((noinline)) look(const int *at) { return at[1]; }

static int __init oops_init(void)
{
    printk(KERN_INFO "oops: looking\n");
    printk(KERN_INFO "oops: found %d\n", look(nowhere));
    return 0;
}

static void __exit oops_exit(void) { printk(KERN_INFO "oops: gone\n"); }

module_init(oops_init);
module_exit(oops_exit);
