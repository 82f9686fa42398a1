/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Uses what exporter.c exports, as often as its parameter says. */
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("calls exporter");

extern int exporter_calls;
extern int exporter_square(int value);

static int times = 3;
MODULE_PARM(times, "i");
MODULE_PARM_DESC(times, "how many squares to ask for");

EXPORT_NO_SYMBOLS;

static int __init importer_init(void)
{
    int i;
    if (times < 0) return -EINVAL;
    for (i = 1; i <= times; ++i) printk(KERN_INFO "importer: %d squared is %d\n", i, exporter_square(i));
    printk(KERN_INFO "importer: exporter was called %d times\n", exporter_calls);
    return 0;
}

static void __exit importer_exit(void) { printk(KERN_INFO "importer: gone\n"); }

module_init(importer_init);
module_exit(importer_exit);
