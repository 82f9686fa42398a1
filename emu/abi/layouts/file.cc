// SPDX-License-Identifier: GPL-2.0-or-later
// Open files and what can be done with them: linux/fs.h, linux/poll.h, linux/seq_file.h.
#include "emu/abi/layouts/tables.h"

namespace retromod::layouts {
namespace {

using enum LayoutVersion;

constexpr Member file_rows[] = {
    {"f_next", "struct file*", {.until = v2_2_26}},
    {"f_pprev", "struct file**", {.until = v2_2_26}},
    {"f_list", "struct list_head", {.since = v2_4_0}},
    {"f_dentry", "struct dentry*"},
    {"f_vfsmnt", "struct vfsmount*", {.since = v2_4_0}},
    {"f_op", "struct file_operations*"},
    {"f_count", "atomic_t", {.since = v2_4_0}},
    {"f_flags", "unsigned int", {.since = v2_4_0}},
    {"f_mode", "mode_t"},
    {"f_pos", "loff_t"},
    {"f_count", "unsigned int", {.until = v2_2_26}},
    {"f_flags", "unsigned int", {.until = v2_2_26}},
    {"f_reada", "long unsigned int"},
    {"f_ramax", "long unsigned int"},
    {"f_raend", "long unsigned int"},
    {"f_ralen", "long unsigned int"},
    {"f_rawin", "long unsigned int"},
    {"f_owner", "struct fown_struct"},
    {"f_uid", "unsigned int", {.since = v2_2_6}},
    {"f_gid", "unsigned int", {.since = v2_2_6}},
    {"f_error", "int", {.since = v2_2_6}},
    {"f_maxcount", "size_t", {.since = v2_4_31}},
    {"f_version", "long unsigned int"},
    {"private_data", "void*"},
    {"f_iobuf", "struct kiobuf*", {.since = v2_4_18_14}},
    {"f_iobuf_lock", "long int", {.since = v2_4_18_14}},
};

constexpr Member file_operations_rows[] = {
    {"owner", "struct module*", {.since = v2_4_0}},
    {"llseek", "fn loff_t(struct file*,loff_t,int)*"},
    {"read", "fn ssize_t(struct file*,char*,size_t,loff_t*)*"},
    {"write", "fn ssize_t(struct file*,const char*,size_t,loff_t*)*"},
    {"readdir", "fn int(struct file*,void*,filldir_t)*"},
    {"poll", "fn unsigned int(struct file*,struct poll_table_struct*)*"},
    {"ioctl", "fn int(struct inode*,struct file*,unsigned int,long unsigned int)*"},
    {"mmap", "fn int(struct file*,struct vm_area_struct*)*"},
    {"open", "fn int(struct inode*,struct file*)*"},
    {"flush", "fn int(struct file*)*"},
    {"release", "fn int(struct inode*,struct file*)*"},
    {"fsync", "fn int(struct file*,struct dentry*)*", {.until = v2_2_26}},
    {"fsync", "fn int(struct file*,struct dentry*,int)*", {.since = v2_4_0}},
    {"fasync", "fn int(int,struct file*,int)*"},
    {"check_media_change", "fn int(kdev_t)*", {.until = v2_2_26}},
    {"revalidate", "fn int(kdev_t)*", {.until = v2_2_26}},
    {"lock", "fn int(struct file*,int,struct file_lock*)*"},
    {"readv", "fn ssize_t(struct file*,const struct iovec*,long unsigned int,loff_t*)*", {.since = v2_4_0}},
    {"writev", "fn ssize_t(struct file*,const struct iovec*,long unsigned int,loff_t*)*", {.since = v2_4_0}},
    {"sendpage", "fn ssize_t(struct file*,struct page*,int,size_t,loff_t*,int)*", {.since = v2_4_18_14}},
    {"get_unmapped_area",
     "fn long unsigned int(struct file*,long unsigned int,long unsigned int,long unsigned int,long unsigned int)*",
     {.since = v2_4_18_14}},
};

constexpr Member file_lock_rows[] = {
    {"fl_next", "struct file_lock*"},
    {"fl_nextlink", "struct file_lock*", {.until = v2_2_26}},
    {"fl_prevlink", "struct file_lock*", {.until = v2_2_26}},
    {"fl_nextblock", "struct file_lock*", {.until = v2_2_26}},
    {"fl_prevblock", "struct file_lock*", {.until = v2_2_26}},
    {"fl_link", "struct list_head", {.since = v2_4_0}},
    {"fl_block", "struct list_head", {.since = v2_4_0}},
    {"fl_owner", "fl_owner_t"},
    {"fl_pid", "unsigned int"},
    {"fl_wait", "struct wait_queue*", {.until = v2_2_26}},
    {"fl_wait", "wait_queue_head_t", {.since = v2_4_0}},
    {"fl_file", "struct file*"},
    {"fl_flags", "unsigned char"},
    {"fl_type", "unsigned char"},
    {"fl_start", "off_t", {.until = v2_2_26}},
    {"fl_start", "loff_t", {.since = v2_4_0}},
    {"fl_end", "off_t", {.until = v2_2_26}},
    {"fl_end", "loff_t", {.since = v2_4_0}},
    {"fl_notify", "fn void(struct file_lock*)*"},
    {"fl_insert", "fn void(struct file_lock*)*", {.since = v2_2_26}},
    {"fl_remove", "fn void(struct file_lock*)*", {.since = v2_2_26}},
    {"fl_fasync", "struct fasync_struct*", {.since = v2_4_0}},
    {"fl_break_time", "long unsigned int", {.since = v2_4_20}},
    {"fl_u", "union {anonymous}"},
    {"fl_u.nfs_fl", "struct nfs_lock_info"},
};

constexpr Member fasync_struct_rows[] = {
    {"magic", "int"},
    {"fa_fd", "int"},
    {"fa_next", "struct fasync_struct*"},
    {"fa_file", "struct file*"},
};

constexpr Member poll_table_entry_rows[] = {
    {"filp", "struct file*"},
    {"wait", "struct wait_queue"},
    {"wait_address", "struct wait_queue**"},
};

constexpr Member poll_table_struct_rows[] = {
    {"next", "struct poll_table_struct*", {.until = v2_2_26}},
    {"nr", "unsigned int", {.until = v2_2_26}},
    {"entry", "struct poll_table_entry*", {.until = v2_2_26}},
    {"error", "int", {.since = v2_4_0}},
    {"table", "struct poll_table_page*", {.since = v2_4_0}},
};

constexpr Member iovec_rows[] = {
    {"iov_base", "void*"},
    {"iov_len", "__kernel_size_t"},
};

constexpr Member seq_file_rows[] = {
    {"buf", "char*"},
    {"size", "size_t"},
    {"from", "size_t"},
    {"count", "size_t"},
    {"index", "loff_t"},
    {"sem", "struct semaphore"},
    {"op", "struct seq_operations*"},
    {"private", "void*"},
};

constexpr Member seq_operations_rows[] = {
    {"start", "fn void*(struct seq_file*,loff_t*)*"},
    {"stop", "fn void(struct seq_file*,void*)*"},
    {"next", "fn void*(struct seq_file*,void*,loff_t*)*"},
    {"show", "fn int(struct seq_file*,void*)*"},
};

constexpr Member fd_set_rows[] = {
    {"fds_bits", "long unsigned int[32]"},
};

constexpr Member fd_set_alpha_rows[] = {
    {"fds_bits", "long unsigned int[16]"},
};

constexpr Structure table[] = {
    {"struct file", file_rows},
    {"struct file_operations", file_operations_rows},
    {"struct file_lock", file_lock_rows},
    {"struct fasync_struct", fasync_struct_rows},
    {"struct poll_table_entry", poll_table_entry_rows, {.until = v2_2_26}},
    {"struct poll_table_struct", poll_table_struct_rows},
    {"struct iovec", iovec_rows},
    {"struct seq_file", seq_file_rows, {.since = v2_4_18_14}},
    {"struct seq_operations", seq_operations_rows, {.since = v2_4_18_14}},
    {"fd_set", fd_set_rows, {.arches = cpu::i386 | cpu::arm | cpu::m68k | cpu::mips | cpu::ppc | cpu::sparc}},
    {"fd_set", fd_set_alpha_rows, {.arches = cpu::alpha | cpu::x86_64}},
};

} // namespace

std::span<const Structure> file_structures() { return table; }

} // namespace retromod::layouts
