/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
#include <linux/types.h>

extern struct proc_dir_entry *create_proc_entry(const char *name, mode_t mode, struct proc_dir_entry *parent);
extern void remove_proc_entry(const char *name, struct proc_dir_entry *parent);

static inline struct proc_dir_entry *create_proc_read_entry(const char *name, mode_t mode, struct proc_dir_entry *parent,
                                                            read_proc_t *read, void *data)
{
    struct proc_dir_entry *entry = create_proc_entry(name, mode, parent);
    if (entry) {
        entry->read_proc = read;
        entry->data = data;
    }
    return entry;
}
