/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Claims I/O ports under a name of its own and fails without giving them back: whoever lists them next reads that name
   out of memory that is gone. */
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/module.h>

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("leaves its ports behind");

static const char name[] = "leaves";

static int __init leaves_init(void)
{
    if (!request_region(0x350, 4, name)) return -EBUSY;
    printk(KERN_WARNING "leaves: no such device\n");
    return -ENODEV;
}

static void __exit leaves_exit(void) {}

module_init(leaves_init);
module_exit(leaves_exit);
