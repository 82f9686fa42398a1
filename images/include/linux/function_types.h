/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Function types that structures point at: linux/proc_fs.h, linux/fs.h. */
#pragma once

typedef int read_proc_t(char *page, char **start, off_t offset, int count, int *eof, void *data);
typedef int write_proc_t(struct file *file, const char *buffer, unsigned long count, void *data);
typedef int get_info_t(char *page, char **start, off_t offset, int count);
typedef int (*filldir_t)(void *buffer, const char *name, int length, loff_t offset, unsigned long inode, unsigned type);
