// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/guest_struct.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/thread.h"

namespace retromod {

/// Heads of the kernel's lists of inodes and dentries; fixed format, one row.
struct FsListsRow {
    static constexpr std::string_view table_name = "fs_lists";
    static constexpr std::uint32_t table_capacity = 1;
    std::uint32_t used;
    std::uint32_t reserved;
    std::uint64_t inodes, dentries;
};

// Inodes and directory entries: structures in guest memory that file systems edit inline.

namespace inode_state { ///< I_* of include/linux/fs.h, 2.4
constexpr std::uint64_t dirty = 7, locked = 8, freeing = 16, clear = 32, fresh = 64;
}

/// A counter that is an atomic_t in 2.4 and a plain number in 2.2.
void set_counter(GuestStruct& fields, std::string_view member, std::uint64_t value);
std::int32_t get_counter(const GuestStruct& fields, std::string_view member);
/// Adds to it; the new value.
std::int32_t add_counter(GuestStruct& fields, std::string_view member, std::int32_t amount);

/// init_MUTEX, init_waitqueue_head.
void init_mutex(Kernel& kernel, GuestAddr semaphore);
void init_wait_head(Kernel& kernel, GuestAddr head);

/// A fresh inode of a super block (NULL: of none), in use once; NULL when there is no memory.
GuestAddr make_inode(Kernel& kernel, GuestAddr super_block);
/// Takes the inode out of its lists and gives its memory back.
void free_inode(Kernel& kernel, GuestAddr inode);
/// The kernel's list of hashed inodes, or of hashed dentries: a struct list_head.
GuestAddr inode_hash(Kernel& kernel);
GuestAddr dentry_hash(Kernel& kernel);
/// A function of the inode's super block ("put_inode"); NULL when it has none.
GuestAddr super_operation(Kernel& kernel, GuestAddr inode, std::string_view name);

/// Giving a reference to an inode up, a part of step functions' frames.
struct InodePut {
    GuestAddr inode;
    std::uint32_t phase, reserved;
};
/// iput as a part of another step function: the next call of the file system; nothing when it is over.
std::optional<CallGuest> put_inode(Kernel& kernel, InodePut& state);

} // namespace retromod
