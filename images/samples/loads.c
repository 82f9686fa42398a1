/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks for another module while it is loaded, as drivers ask for the layer they stand on. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kmod.h>
#include <linux/module.h>

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("requests a module");

static char *wanted = "importer"; /* what to ask for */
MODULE_PARM(wanted, "s");

static int __init loads_init(void)
{
    int result = request_module(wanted);
    printk(KERN_INFO "loads: asked for %s: %d\n", wanted, result);
    return 0;
}

static void __exit loads_exit(void) { printk(KERN_INFO "loads: gone\n"); }

module_init(loads_init);
module_exit(loads_exit);
