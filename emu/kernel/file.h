// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/devices.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/kernel.h"

namespace retromod {

/// An open file of the guest; fixed format. Its struct file, inode and dentry are in guest memory, for the drivers.
struct OpenFileRow {
    static constexpr std::string_view table_name = "open_files";
    static constexpr std::uint32_t table_capacity = 1024;
    std::uint32_t used;
    std::uint32_t open_done;  ///< the driver's open said yes: close will call its release
    std::uint64_t file;       ///< struct file; 0 for a text that the kernel makes
    std::uint64_t inode, dentry;
    std::uint32_t process;    ///< that opened it
    std::uint32_t pid;        ///< of the guest's task that opened it
    std::uint32_t in_core;    ///< the struct file is the core's: it lives until its last user
    std::uint32_t reserved;
    std::uint64_t owner;      ///< the module whose use count the open file holds, 0 for none
    std::uint64_t proc_entry; ///< struct proc_dir_entry, 0 for a device
    std::uint64_t position;   ///< of a text that the kernel makes
    char path[128];
};

/// File descriptors are row numbers behind the three that every process has.
constexpr std::uint32_t first_descriptor = 3;
OpenFileRow* find_open_file(Kernel& kernel, std::uint64_t descriptor);

/// What is to be opened.
struct FileRequest {
    std::string path;
    std::uint64_t flags = 0;
    std::uint64_t operations = 0; ///< struct file_operations
    std::uint64_t mode = 0;       ///< S_IFCHR and the permission bits
    DeviceNumber device;
    std::uint64_t proc_entry = 0;
};

/// Makes the struct file, inode and dentry. Nothing when there is no memory or no free row.
OpenFileRow* make_file(Kernel& kernel, const FileRequest& request);
/// Gives them back, with the owner's use count.
void drop_file(Kernel& kernel, OpenFileRow& row);

/// The function `name` of an open file's operations; NULL when it has none.
GuestAddr file_operation(Kernel& kernel, const OpenFileRow& row, std::string_view name);
/// The owner of some file_operations: a module, or NULL. 2.2 has no owners.
GuestAddr operations_owner(Kernel& kernel, GuestAddr operations);

namespace file_mode {
constexpr std::uint64_t read = 1, write = 2;
}
bool has_mode(Kernel& kernel, const OpenFileRow& row, std::uint64_t mode);

} // namespace retromod
