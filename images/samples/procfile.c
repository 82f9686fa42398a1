/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two /proc files: one that is read and written, one that gives more than a buffer's worth, piece by piece. */
#include <asm/uaccess.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/proc_fs.h>

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("/proc files");

EXPORT_NO_SYMBOLS;

#define LINES 500
#define LINE_BYTES 10

static char message[64] = "nothing yet\n";

static int read_message(char *page, char **start, off_t offset, int count, int *eof, void *data)
{
    (void)start, (void)offset, (void)count;
    *eof = 1;
    return sprintf(page, "%s", (char *)data);
}

static int write_message(struct file *file, const char *buffer, unsigned long count, void *data)
{
    (void)file;
    if (count >= sizeof(message)) count = sizeof(message) - 1;
    if (copy_from_user(data, buffer, count)) return -EFAULT;
    ((char *)data)[count] = 0;
    return count;
}

/* Lines of a fixed width, so that an offset says which comes next. */
static int read_lines(char *page, char **start, off_t offset, int count, int *eof, void *data)
{
    int written = 0;
    int line = offset / LINE_BYTES;
    (void)data;
    *start = page + offset % LINE_BYTES;
    while (line < LINES && written + LINE_BYTES < count) written += sprintf(page + written, "line %04d\n", line++);
    if (line == LINES) *eof = 1;
    written -= offset % LINE_BYTES;
    return written < 0 ? 0 : written;
}

static int __init procfile_init(void)
{
    struct proc_dir_entry *entry = create_proc_entry("procfile", 0644, NULL);
    if (!entry) return -ENOMEM;
    entry->read_proc = read_message;
    entry->write_proc = write_message;
    entry->data = message;
    if (create_proc_read_entry("procfile_lines", 0, NULL, read_lines, NULL)) return 0;
    remove_proc_entry("procfile", NULL);
    return -ENOMEM;
}

static void __exit procfile_exit(void)
{
    remove_proc_entry("procfile_lines", NULL);
    remove_proc_entry("procfile", NULL);
}

module_init(procfile_init);
module_exit(procfile_exit);
