/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds no device: init_module returns -ENODEV. */
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("fails with -ENODEV");

static int __init fails_init(void)
{
    printk(KERN_WARNING "fails: no such device\n");
    return -ENODEV;
}

static void __exit fails_exit(void) { printk(KERN_ERR "fails: unloaded, though it never ran\n"); }

module_init(fails_init);
module_exit(fails_exit);
