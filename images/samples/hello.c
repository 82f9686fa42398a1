/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes a parameter of every type that insmod knows, and says what it got. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>

MODULE_LICENSE("GPL");
MODULE_AUTHOR("the retromod project");
MODULE_DESCRIPTION("says hello, and its parameters");

static unsigned char byte = 1;
static short half = -2;
static int count = 3;
static long total = 4;
static char *who = "world";
static char text[16] = "plain";
static int numbers[4] = {10, 20, 30, 40};
static char *words[3] = {"one", "two", "three"};
static char lines[2][8] = {"first", "second"};

MODULE_PARM(byte, "b");
MODULE_PARM(half, "h");
MODULE_PARM(count, "i");
MODULE_PARM(total, "l");
MODULE_PARM(who, "s");
MODULE_PARM(text, "c16");
MODULE_PARM(numbers, "1-4i");
MODULE_PARM(words, "1-3s");
MODULE_PARM(lines, "1-2c8");
MODULE_PARM_DESC(who, "whom to greet");
MODULE_PARM_DESC(count, "a plain number");

static int __init hello_init(void)
{
    printk(KERN_INFO "hello, %s\n", who);
    printk(KERN_INFO "hello: byte=%d half=%d count=%d total=%ld text=%s\n", byte, half, count, total, text);
    printk(KERN_INFO "hello: numbers=%d,%d,%d,%d\n", numbers[0], numbers[1], numbers[2], numbers[3]);
    printk(KERN_INFO "hello: words=%s,%s,%s lines=%s,%s\n", words[0], words[1], words[2], lines[0], lines[1]);
    return 0;
}

static void __exit hello_exit(void) { printk(KERN_INFO "goodbye, %s\n", who); }

module_init(hello_init);
module_exit(hello_exit);
