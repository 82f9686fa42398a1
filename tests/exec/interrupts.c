/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A driver of a line that interrupts: its readers sleep until an interrupt has come, and a tasklet has counted it. */
#include <asm/uaccess.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>

MODULE_LICENSE("GPL");

struct pt_regs;
extern int request_irq(unsigned irq, void (*handler)(int, void *, struct pt_regs *), unsigned long flags, const char *name, void *device);
extern void free_irq(unsigned irq, void *device);

static int irq = 5;
MODULE_PARM(irq, "i");

static int major, came, counted;
static DECLARE_WAIT_QUEUE_HEAD(readers);

static void count(unsigned long data)
{
    (void)data;
    ++counted;
    wake_up_interruptible(&readers);
}
static DECLARE_TASKLET(counter, count, 0);

static void handler(int line, void *device, struct pt_regs *regs)
{
    (void)line, (void)device, (void)regs;
    ++came;
    tasklet_schedule(&counter);
}

static ssize_t interrupts_read(struct file *file, char *buffer, size_t size, loff_t *position)
{
    char text[40];
    int length;
    (void)file, (void)position;
    while (!counted) {
        interruptible_sleep_on(&readers);
        if (signal_pending(current)) return -ERESTARTSYS;
    }
    length = sprintf(text, "%d came\n", came);
    counted = 0;
    if (size > (size_t)length) size = length;
    return copy_to_user(buffer, text, size) ? -EFAULT : (ssize_t)size;
}

static struct file_operations operations = {.read = interrupts_read};

static int __init interrupts_init(void)
{
    int result = request_irq(irq, handler, 0, "interrupts", &major);
    if (result) return result;
    major = register_chrdev(0, "interrupts", &operations);
    if (major < 0) free_irq(irq, &major);
    return major < 0 ? major : 0;
}

static void __exit interrupts_exit(void)
{
    unregister_chrdev(major, "interrupts");
    free_irq(irq, &major);
}

module_init(interrupts_init);
module_exit(interrupts_exit);
