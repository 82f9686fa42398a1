/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the host asks of the core: system calls without their descriptors. Numbers and results are those of the kernel's calls;
 * stat and statfs give 64-bit words in these orders, the same on all architectures (loader/api/guest_names.h). */
#pragma once

#include "vfs.h"

enum { stat_dev, stat_ino, stat_mode, stat_nlink, stat_uid, stat_gid, stat_rdev, stat_size, stat_blksize, stat_blocks, stat_atime,
       stat_mtime, stat_ctime, stat_words };
enum { statfs_type, statfs_bsize, statfs_blocks, statfs_bfree, statfs_bavail, statfs_files, statfs_ffree, statfs_namelen,
       statfs_words };

#define OP_INODE(p, name) (F(p, inode, i_op) ? F(F(p, inode, i_op), inode_operations, name) : NULL)

long stat_of(struct dentry *dentry, unsigned long long *user);
long statfs_of(struct super_block *super, unsigned long long *user);
