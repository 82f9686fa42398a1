/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A character device that remembers what is written to it, and a /proc file that tells about it. Counts its own users. */
#include <asm/uaccess.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("a character device with memory");

#define NAME "chrdev"
#define IOCTL_CLEAR 0x6301  /* forget everything */
#define IOCTL_LENGTH 0x6302 /* how much is remembered: stored at the int that the argument points at */
#define IOCTL_RESIZE 0x6303 /* cut to the int that the argument points at */

static int major; /* 0: the kernel picks one */
MODULE_PARM(major, "i");
MODULE_PARM_DESC(major, "major number, 0 for a free one");

EXPORT_NO_SYMBOLS;

#define MEMORY_BYTES 1024

static char *memory;
static int length;
static int opens, reads, writes;

static int chrdev_open(struct inode *inode, struct file *file)
{
    (void)inode, (void)file;
    MOD_INC_USE_COUNT;
    ++opens;
    return 0;
}

static int chrdev_release(struct inode *inode, struct file *file)
{
    (void)inode, (void)file;
    MOD_DEC_USE_COUNT;
    return 0;
}

static ssize_t chrdev_read(struct file *file, char *buffer, size_t size, loff_t *position)
{
    int at = (int)*position;
    (void)file;
    ++reads;
    if (at >= length) return 0;
    if (size > (size_t)(length - at)) size = length - at;
    if (copy_to_user(buffer, memory + at, size)) return -EFAULT;
    *position = at + (int)size;
    return size;
}

static ssize_t chrdev_write(struct file *file, const char *buffer, size_t size, loff_t *position)
{
    int at = (int)*position;
    (void)file;
    ++writes;
    if (at >= MEMORY_BYTES) return -ENOSPC;
    if (size > (size_t)(MEMORY_BYTES - at)) size = MEMORY_BYTES - at;
    if (copy_from_user(memory + at, buffer, size)) return -EFAULT;
    *position = at + (int)size;
    if (length < at + (int)size) length = at + (int)size;
    return size;
}

static int chrdev_ioctl(struct inode *inode, struct file *file, unsigned int command, unsigned long argument)
{
    int wanted = 0;
    (void)inode, (void)file;
    switch (command) {
    case IOCTL_CLEAR:
        length = 0;
        return 0;
    case IOCTL_LENGTH:
        return put_user(length, (int *)argument);
    case IOCTL_RESIZE:
        if (get_user(wanted, (int *)argument)) return -EFAULT;
        if (wanted < 0 || wanted > length) return -EINVAL;
        length = wanted;
        return 0;
    }
    return -ENOTTY;
}

static struct file_operations operations = {
    .open = chrdev_open,
    .release = chrdev_release,
    .read = chrdev_read,
    .write = chrdev_write,
    .ioctl = chrdev_ioctl,
};

static int chrdev_tell(char *page, char **start, off_t offset, int count, int *eof, void *data)
{
    (void)start, (void)offset, (void)count, (void)data;
    *eof = 1;
    return sprintf(page, "major %d\nlength %d of %d\nopens %d\nreads %d\nwrites %d\n", major, length,
                   MEMORY_BYTES, opens, reads, writes);
}

static int __init chrdev_init(void)
{
    int result = -ENOMEM;
    memory = kmalloc(MEMORY_BYTES, GFP_KERNEL);
    if (!memory) return result;
    result = register_chrdev(major, NAME, &operations);
    if (result < 0) goto no_device;
    if (major == 0) major = result;
    result = -ENOMEM;
    if (!create_proc_read_entry(NAME, 0444, NULL, chrdev_tell, NULL)) goto no_file;
    printk(KERN_INFO "chrdev: major %d\n", major);
    return 0;

no_file:
    unregister_chrdev(major, NAME);
no_device:
    kfree(memory);
    return result;
}

static void __exit chrdev_exit(void)
{
    remove_proc_entry(NAME, NULL);
    unregister_chrdev(major, NAME);
    kfree(memory);
    printk(KERN_INFO "chrdev: gone\n");
}

module_init(chrdev_init);
module_exit(chrdev_exit);
