/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads and writes user memory that is not there: the exception table turns the faults into -EFAULT. */
#include <asm/uaccess.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("faults on user memory and is saved by its exception table");

static long address = 0x10; /* in a page that no process has */
MODULE_PARM(address, "l");

EXPORT_NO_SYMBOLS;

static int __init exfault_init(void)
{
    int value = 5;
    char character = 6;
    int error = __get_user(value, (int *)address);
    printk(KERN_INFO "exfault: reading an int: %d, value %d\n", error, value);
    error = __get_user(character, (char *)address);
    printk(KERN_INFO "exfault: reading a char: %d, value %d\n", error, character);
    error = __put_user(7, (int *)address);
    printk(KERN_INFO "exfault: writing an int: %d\n", error);
    return 0;
}

static void __exit exfault_exit(void) { printk(KERN_INFO "exfault: gone\n"); }

module_init(exfault_init);
module_exit(exfault_exit);
