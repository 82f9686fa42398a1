/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exports a function and a counter: importer.c uses them. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("exports a function and a counter");

int exporter_calls;

int exporter_square(int value)
{
    ++exporter_calls;
    return value * value;
}

EXPORT_SYMBOL(exporter_square);
EXPORT_SYMBOL(exporter_calls);

static int __init exporter_init(void)
{
    printk(KERN_INFO "exporter: ready\n");
    return 0;
}

static void __exit exporter_exit(void) { printk(KERN_INFO "exporter: called %d times\n", exporter_calls); }

module_init(exporter_init);
module_exit(exporter_exit);
