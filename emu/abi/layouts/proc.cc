// SPDX-License-Identifier: GPL-2.0-or-later
// /proc, sysctl and other registries: linux/proc_fs.h, linux/sysctl.h, linux/miscdevice.h, linux/notifier.h.
#include "emu/abi/layouts/tables.h"

namespace retromod::layouts {
namespace {

using enum LayoutVersion;

constexpr Member proc_dir_entry_rows[] = {
    {"low_ino", "short unsigned int"},
    {"namelen", "short unsigned int"},
    {"name", "const char*"},
    {"mode", "mode_t"},
    {"nlink", "nlink_t"},
    {"uid", "uid_t"},
    {"gid", "gid_t"},
    {"size", "long unsigned int"},
    {"proc_iops", "struct inode_operations*", {.since = v2_4_0}},
    {"proc_fops", "struct file_operations*", {.since = v2_4_0}},
    {"ops", "struct inode_operations*", {.until = v2_2_26}},
    {"get_info", "fn int(char*,char**,off_t,int,int)*", {.until = v2_2_26}},
    {"get_info", "get_info_t*", {.since = v2_4_0}},
    {"owner", "struct module*", {.since = v2_4_0}},
    {"fill_inode", "fn void(struct inode*,int)*", {.until = v2_2_26}},
    {"next", "struct proc_dir_entry*"},
    {"parent", "struct proc_dir_entry*"},
    {"subdir", "struct proc_dir_entry*"},
    {"data", "void*"},
    {"read_proc", "fn int(char*,char**,off_t,int,int*,void*)*", {.until = v2_2_26}},
    {"read_proc", "read_proc_t*", {.since = v2_4_0}},
    {"write_proc", "fn int(struct file*,const char*,long unsigned int,void*)*", {.until = v2_2_26}},
    {"write_proc", "write_proc_t*", {.since = v2_4_0}},
    {"readlink_proc", "fn int(struct proc_dir_entry*,char*)*", {.until = v2_2_26}},
    {"count", "unsigned int", {.until = v2_2_26}},
    {"count", "atomic_t", {.since = v2_4_0}},
    {"deleted", "int"},
    {"rdev", "kdev_t", {.since = v2_4_0}},
    {"set", "void*", {.since = v2_4_37_11}},
};

constexpr Member ctl_table_rows[] = {
    {"ctl_name", "int"},
    {"procname", "const char*"},
    {"data", "void*"},
    {"maxlen", "int"},
    {"mode", "mode_t"},
    {"child", "ctl_table*"},
    {"proc_handler", "proc_handler*"},
    {"strategy", "ctl_handler*"},
    {"de", "struct proc_dir_entry*"},
    {"extra1", "void*"},
    {"extra2", "void*"},
};

constexpr Member ctl_table_header_rows[] = {
    {"ctl_table", "ctl_table*"},
    {"ctl_entry", "struct {anonymous}", {.until = v2_2_26}},
    {"ctl_entry", "struct list_head", {.since = v2_4_0}},
    {"ctl_entry.dl_prev", "struct ctl_table_header*", {.until = v2_2_26}},
    {"ctl_entry.dl_next", "struct ctl_table_header*", {.until = v2_2_26}},
    {"used", "int", {.since = v2_4_37_11}},
    {"unregistering", "struct completion*", {.since = v2_4_37_11}},
};

constexpr Member miscdevice_rows[] = {
    {"minor", "int"},
    {"name", "const char*"},
    {"fops", "struct file_operations*"},
    {"next", "struct miscdevice*"},
    {"prev", "struct miscdevice*"},
    {"devfs_handle", "devfs_handle_t", {.since = v2_4_0}},
};

constexpr Member notifier_block_rows[] = {
    {"notifier_call", "fn int(struct notifier_block*,long unsigned int,void*)*"},
    {"next", "struct notifier_block*"},
    {"priority", "int"},
};

constexpr Member char_device_rows[] = {
    {"hash", "struct list_head"},
    {"count", "atomic_t"},
    {"dev", "dev_t"},
    {"openers", "atomic_t"},
    {"sem", "struct semaphore"},
};

constexpr Member pm_dev_rows[] = {
    {"type", "pm_dev_t"},
    {"id", "long unsigned int"},
    {"callback", "pm_callback"},
    {"data", "void*"},
    {"flags", "long unsigned int"},
    {"state", "long unsigned int"},
    {"prev_state", "long unsigned int"},
    {"entry", "struct list_head"},
};

constexpr Structure table[] = {
    {"struct proc_dir_entry", proc_dir_entry_rows},
    {"struct ctl_table", ctl_table_rows},
    {"struct ctl_table_header", ctl_table_header_rows},
    {"struct miscdevice", miscdevice_rows},
    {"struct notifier_block", notifier_block_rows},
    {"struct char_device", char_device_rows, {.since = v2_4_18_14}},
    {"struct pm_dev", pm_dev_rows, {.since = v2_4_18_14, .arches = cpu::i386}},
};

} // namespace

std::span<const Structure> proc_structures() { return table; }

} // namespace retromod::layouts
