/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Breaks in a chosen context: in a timer (which is interrupt context), in a kernel thread, in the call itself. */
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/linkage.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/timer.h>

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("oopses, sleeps or panics in a context of your choice");

static char *where = "timer"; /* timer, thread, init */
static char *how = "oops";    /* oops, sleep, panic */
MODULE_PARM(where, "s");
MODULE_PARM(how, "s");

EXPORT_NO_SYMBOLS;

extern void panic(const char *format, ...);
FASTCALL(extern long schedule_timeout(long ticks));
extern int kernel_thread(int (*function)(void *), void *argument, unsigned long flags);

static int *volatile nowhere;
static struct timer_list timer;

static void break_down(void)
{
    printk(KERN_INFO "context: %s, %s\n", where, how);
    if (how[0] == 's') schedule_timeout(5);
    else if (how[0] == 'p') panic("context: %d", 7);
    else *nowhere = 1;
    printk(KERN_INFO "context: back\n");
}

static void on_timer(unsigned long argument)
{
    (void)argument;
    break_down();
}

static int in_thread(void *argument)
{
    (void)argument;
    break_down();
    return 0;
}

static int __init context_init(void)
{
    if (where[1] == 'n') break_down(); /* init */
    if (where[1] == 'h') return kernel_thread(in_thread, NULL, 0) < 0 ? -ENOMEM : 0;
    init_timer(&timer);
    timer.function = on_timer;
    timer.expires = jiffies + 2;
    if (where[1] == 'i') add_timer(&timer);
    return 0;
}

static void __exit context_exit(void) { del_timer_sync(&timer); }

module_init(context_init);
module_exit(context_exit);
