/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A device whose reader sleeps until a writer has brought something. */
#include <asm/uaccess.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("a device that blocks its readers");

#define NAME "sleeper"

static int major; /* 0: the kernel picks one */
MODULE_PARM(major, "i");

EXPORT_NO_SYMBOLS;

static DECLARE_WAIT_QUEUE_HEAD(readers);
static char memory[256];
static size_t length;

static ssize_t sleeper_read(struct file *file, char *buffer, size_t size, loff_t *position)
{
    (void)file, (void)position;
    while (length == 0) {
        interruptible_sleep_on(&readers);
        if (signal_pending(current)) return -ERESTARTSYS;
    }
    if (size > length) size = length;
    if (copy_to_user(buffer, memory, size)) return -EFAULT;
    length = 0;
    return size;
}

static ssize_t sleeper_write(struct file *file, const char *buffer, size_t size, loff_t *position)
{
    (void)file, (void)position;
    if (size > sizeof(memory)) size = sizeof(memory);
    if (copy_from_user(memory, buffer, size)) return -EFAULT;
    length = size;
    wake_up_interruptible(&readers);
    return size;
}

static struct file_operations operations = {
    .read = sleeper_read,
    .write = sleeper_write,
};

static int __init sleeper_init(void)
{
    int result;
    SET_MODULE_OWNER(&operations);
    result = register_chrdev(major, NAME, &operations);
    if (result < 0) return result;
    if (major == 0) major = result;
    printk(KERN_INFO "sleeper: major %d\n", major);
    return 0;
}

static void __exit sleeper_exit(void) { unregister_chrdev(major, NAME); }

module_init(sleeper_init);
module_exit(sleeper_exit);
