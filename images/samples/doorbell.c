/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What drivers do about who waits for them and who may use them. Minor 0 is a mailbox: reading blocks, or with O_NONBLOCK does
 * not, poll tells, and SIGIO is sent to who asked for it. Minor 1 is one user's at a time. Minor 2 counts for each terminal. */
#include <asm/uaccess.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("a device that rings");

#define NAME "doorbell"
#define O_NONBLOCK 04000
#define SIGIO 29
#define POLL_IN 1
#define POLLIN 0x0001
#define POLLOUT 0x0004
#define POLLRDNORM 0x0040
#define POLLWRNORM 0x0100

extern int fasync_helper(int descriptor, struct file *file, int on, struct fasync_struct **list);
extern void kill_fasync(struct fasync_struct **list, int signal, int band);
extern void __pollwait(struct file *file, wait_queue_head_t *queue, struct poll_table_struct *table);

static int major; /* 0: the kernel picks one */
MODULE_PARM(major, "i");

EXPORT_NO_SYMBOLS;

/* --- the mailbox */

static DECLARE_WAIT_QUEUE_HEAD(readers);
static struct fasync_struct *asked;
static char letter[256];
static size_t length;

static ssize_t mailbox_read(struct file *file, char *buffer, size_t size, loff_t *position)
{
    (void)position;
    while (!length) {
        if (file->f_flags & O_NONBLOCK) return -EAGAIN;
        interruptible_sleep_on(&readers);
        if (signal_pending(current)) return -ERESTARTSYS;
    }
    if (size > length) size = length;
    if (copy_to_user(buffer, letter, size)) return -EFAULT;
    length = 0;
    return size;
}

static ssize_t mailbox_write(struct file *file, const char *buffer, size_t size, loff_t *position)
{
    (void)file, (void)position;
    if (length) return -EAGAIN;
    if (size > sizeof(letter)) size = sizeof(letter);
    if (copy_from_user(letter, buffer, size)) return -EFAULT;
    length = size;
    wake_up_interruptible(&readers);
    if (asked) kill_fasync(&asked, SIGIO, POLL_IN);
    return size;
}

static unsigned int mailbox_poll(struct file *file, struct poll_table_struct *table)
{
    if (table) __pollwait(file, &readers, table);
    return length ? POLLIN | POLLRDNORM : POLLOUT | POLLWRNORM;
}

static int mailbox_fasync(int descriptor, struct file *file, int on) { return fasync_helper(descriptor, file, on, &asked); }

static int mailbox_release(struct inode *inode, struct file *file)
{
    (void)inode;
    mailbox_fasync(-1, file, 0);
    return 0;
}

static struct file_operations mailbox = {
    .read = mailbox_read,
    .write = mailbox_write,
    .poll = mailbox_poll,
    .fasync = mailbox_fasync,
    .release = mailbox_release,
};

/* --- of one user at a time */

static unsigned int owner;
static int opens;

static int owned_open(struct inode *inode, struct file *file)
{
    (void)inode, (void)file;
    if (opens && owner != current->uid && owner != current->euid) return -EBUSY;
    if (!opens++) owner = current->uid;
    return 0;
}

static int owned_release(struct inode *inode, struct file *file)
{
    (void)inode, (void)file;
    --opens;
    return 0;
}

static struct file_operations owned = {.open = owned_open, .release = owned_release};

/* --- a counter for each terminal */

#define TERMINALS 8

static struct {
    unsigned int device;
    int opens;
} terminals[TERMINALS];

static int counter_open(struct inode *inode, struct file *file)
{
    unsigned int device = current->tty ? current->tty->device : 0;
    int i;
    (void)inode;
    if (!device) return -EINVAL;
    for (i = 0; i < TERMINALS && terminals[i].device && terminals[i].device != device; ++i) {}
    if (i == TERMINALS) return -ENOMEM;
    terminals[i].device = device;
    ++terminals[i].opens;
    file->private_data = &terminals[i].opens;
    return 0;
}

static ssize_t counter_read(struct file *file, char *buffer, size_t size, loff_t *position)
{
    char text[16];
    int bytes = sprintf(text, "%d\n", *(int *)file->private_data);
    if (*position || size < (size_t)bytes) return 0;
    if (copy_to_user(buffer, text, bytes)) return -EFAULT;
    *position = bytes;
    return bytes;
}

static struct file_operations counter = {.open = counter_open, .read = counter_read};

/* --- the device */

static struct file_operations *minors[] = {&mailbox, &owned, &counter};

static int doorbell_open(struct inode *inode, struct file *file)
{
    unsigned int minor = MINOR(inode->i_rdev);
    if (minor >= sizeof(minors) / sizeof(*minors)) return -ENODEV;
    file->f_op = minors[minor];
    return file->f_op->open ? file->f_op->open(inode, file) : 0;
}

static struct file_operations operations = {.open = doorbell_open};

static int __init doorbell_init(void)
{
    int result;
    SET_MODULE_OWNER(&operations);
    SET_MODULE_OWNER(&mailbox);
    SET_MODULE_OWNER(&owned);
    SET_MODULE_OWNER(&counter);
    result = register_chrdev(major, NAME, &operations);
    if (result < 0) return result;
    if (major == 0) major = result;
    printk(KERN_INFO "doorbell: major %d\n", major);
    return 0;
}

static void __exit doorbell_exit(void) { unregister_chrdev(major, NAME); }

module_init(doorbell_init);
module_exit(doorbell_exit);
