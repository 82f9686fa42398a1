/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A driver in the ways of 2.2: a timer that links itself, a wait queue that is one pointer, ports without a tree. */
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/linkage.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/sched.h>
#include <linux/timer.h>

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("a driver for 2.2");

extern int check_region(unsigned long from, unsigned long extent);
extern void request_region(unsigned long from, unsigned long extent, const char *name);
extern void release_region(unsigned long from, unsigned long extent);
FASTCALL(extern void __wake_up(struct wait_queue **queue, unsigned int mode));
FASTCALL(extern void interruptible_sleep_on(struct wait_queue **queue));

#define PORTS 0x300
#define PORT_COUNT 8
#define PERIOD 2 /* jiffies */

static struct wait_queue *waiting;
static struct timer_list timer;
static int ticks;

static void tick(unsigned long data)
{
    (void)data;
    if (++ticks == 3) {
        __wake_up(&waiting, TASK_INTERRUPTIBLE);
        return;
    }
    timer.expires = jiffies + PERIOD;
    add_timer(&timer);
}

static int tell(char *page, char **start, off_t offset, int count, int *eof, void *data)
{
    (void)start, (void)offset, (void)count, (void)data;
    *eof = 1;
    return sprintf(page, "ticks %d\n", ticks);
}

static int __init classic_init(void)
{
    if (check_region(PORTS, PORT_COUNT)) return -EBUSY;
    request_region(PORTS, PORT_COUNT, "classic");
    init_timer(&timer);
    timer.function = tick;
    timer.expires = jiffies + PERIOD;
    add_timer(&timer);
    interruptible_sleep_on(&waiting);
    printk(KERN_INFO "classic: woken after %d ticks\n", ticks);
    create_proc_read_entry("classic", 0, NULL, tell, NULL);
    return 0;
}

static void __exit classic_exit(void)
{
    remove_proc_entry("classic", NULL);
    release_region(PORTS, PORT_COUNT);
    printk(KERN_INFO "classic: gone\n");
}

module_init(classic_init);
module_exit(classic_exit);
