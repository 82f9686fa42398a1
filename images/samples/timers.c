/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A timer that sets itself again and schedules a tasklet at each tick. */
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/timer.h>

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("a timer and a tasklet");

static int period = 10; /* jiffies */
static int ticks = 5;   /* how often before it stops; 0 for ever */
MODULE_PARM(period, "i");
MODULE_PARM(ticks, "i");

EXPORT_NO_SYMBOLS;

static int ticked, tasklet_runs;
static unsigned long started;

static void run_tasklet(unsigned long argument)
{
    (void)argument;
    printk(KERN_INFO "timers: tasklet %d\n", ++tasklet_runs);
}

static DECLARE_TASKLET(tasklet, run_tasklet, 0);
static struct timer_list timer;

static void tick(unsigned long argument)
{
    (void)argument;
    printk(KERN_INFO "timers: tick %d at %ld jiffies\n", ++ticked, (long)(jiffies - started));
    tasklet_schedule(&tasklet);
    if (ticks == 0 || ticked < ticks) mod_timer(&timer, jiffies + period);
}

static int __init timers_init(void)
{
    if (period < 1 || ticks < 0) return -EINVAL;
    started = jiffies;
    init_timer(&timer);
    timer.function = tick;
    timer.expires = started + period;
    add_timer(&timer);
    return 0;
}

static void __exit timers_exit(void)
{
    const int was_pending = del_timer_sync(&timer);
    tasklet_kill(&tasklet);
    printk(KERN_INFO "timers: %d ticks, %d tasklets, timer %s\n", ticked, tasklet_runs, was_pending ? "pending" : "idle");
}

module_init(timers_init);
module_exit(timers_exit);
