/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the host does for the core (emu/exports/core_services), in the C convention: memory, scheduling, user memory, the log,
 * disks, modules. Not offered to modules. */
#pragma once

#include "errors.h"
#include "types.h"

struct module;
struct task_struct;

/* Memory: kmalloc's is zeroed; NULL when there is none. A page comes with one user. */
void *kc_kmalloc(word bytes);
void kc_kfree(void *block);
struct page *kc_alloc_page(void);
void kc_free_page(struct page *page);
/* Where the direct map begins: PAGE_OFFSET. */
void *kc_direct_map(void);
void kc_memset(void *at, int value, word bytes);
void kc_memcpy(void *to, const void *from, word bytes);

/* User memory: the number of bytes not copied; a string's length, -EFAULT, or -ENAMETOOLONG where no NUL is in `bytes`. */
word kc_copy_to_user(void *to, const void *from, word bytes);
word kc_copy_from_user(void *to, const void *from, word bytes);
word kc_clear_user(void *to, word bytes);
/* get_fs and set_fs: the old limit; `kernel`: KERNEL_DS, else `limit`. */
word kc_set_limit(word limit, int kernel);
long kc_strncpy_from_user(char *to, const char *from, word bytes);

/* The scheduler. kc_schedule gives up the CPU, as schedule() does; `why` is shown to people. */
void kc_schedule(const char *why);
long kc_schedule_timeout(long jiffies, const char *why);
void kc_wake_up(void *queue, unsigned mode, int exclusive_limit);
void kc_down(void *semaphore);
void kc_up(void *semaphore);
int kc_kernel_thread(int (*function)(void *), void *argument, const char *name);
void kc_run_task_queue(void *queue);

/* The log, in printk's format; a BUG of the kernel. */
void kc_printk(const char *format, ...) __attribute__((format(printf, 1, 2)));
void kc_bug(const char *what) __attribute__((noreturn));

/* Modules: whether the owner may be used once more; user space is asked for one. */
int kc_hold_module(struct module *owner);
void kc_release_module(struct module *owner);
int kc_request_module(const char *name);

/* What is registered: a file system by name, its module held; the operations of a block or character major, and how a driver
 * named itself. */
struct file_system_type *kc_get_fs_type(const char *name);
struct block_device_operations *kc_block_operations(unsigned major);
struct file_operations *kc_char_operations(unsigned major, unsigned minor);
const char *kc_block_name(unsigned major);

/* A disk of the machine (emu/kernel/disk_images.h): 0 or -EIO. Its size in sectors, 0 where there is none. */
int kc_disk_io(unsigned dev, int write, word sector, word bytes, void *data);
word kc_disk_sectors(unsigned dev);
