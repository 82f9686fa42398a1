// SPDX-License-Identifier: GPL-2.0-or-later
// linux/fs.h: names and mounts. Nothing is mounted beside /proc and the device names, so a path that a module follows
// leads nowhere. Source: fs/namei.c, fs/super.c, fs/open.c, fs/readdir.c of 2.4.
#include "emu/exports/answers.h"
#include "emu/kernel/kernel.h"

namespace retromod {
namespace {

constexpr Export functions[] = {
    inert<refuse<Errno::enosys, GuestAddr, GuestAddr>>("vfs_rmdir", only_2_2),
    inert<refuse<Errno::enosys, GuestAddr, GuestAddr>>("vfs_unlink", only_2_2),
    inert<refuse<Errno::enosys, GuestAddr, GuestAddr, GuestAddr, GuestAddr>>("vfs_rename", only_2_2),
    inert<refuse<Errno::enoent, GuestAddr, GuestAddr>>("vfs_stat", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enoent, GuestAddr, GuestAddr>>("vfs_lstat", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::ebadf, std::uint32_t, GuestAddr>>("vfs_fstat", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<answer<0, GuestAddr, GuestAddr>>("notify_change", only_2_2),
    inert<no_object<std::uint32_t>>("get_super", only_2_2),
    inert<do_nothing<std::uint32_t>>("sync_dev", only_2_2),
    inert<refuse<Errno::efault, GuestAddr>>("getname", only_2_2),
    inert<refuse<Errno::enoent, GuestString, std::int32_t, std::int32_t>>("filp_open", only_2_2),
    inert<refuse<Errno::enoent, GuestString>>("open_exec", since_2_4),
    inert<answer<0, GuestAddr>>("get_write_access", only_2_2),
    inert<no_object<>>("get_empty_filp", only_2_2),
    inert<do_nothing<GuestAddr>>("put_filp", only_2_2),
    inert<refuse<Errno::emfile>>("get_unused_fd"),
    inert<do_nothing<std::uint32_t, GuestAddr>>("fd_install", from(LayoutVersion::v2_4_18_14)),
    inert<answer<0, GuestAddr, GuestAddr>>("init_private_file", only_2_2),
    inert<refuse<Errno::eio, GuestAddr>>("file_fsync", only_2_2),
    inert<refuse<Errno::enosys, GuestAddr, GuestAddr>>("blkdev_open", only_2_2),
};

constexpr DataExport data[] = {
    {"names_cachep", words<1>, nullptr, since_2_4},
    {"file_lock_list", words<2>, nullptr, since_2_4},
    {"nfsd_linkage", words<1>, nullptr, since_2_4},
    {"generic_ro_fops", [](Kernel& kernel) -> std::uint64_t { return kernel.layouts().size("struct file_operations"); }, nullptr,
     since_2_4},
    {"files_stat", fixed_bytes<12>, nullptr, since_2_4},
};

} // namespace

extern const Family linux_fs_names{.header = "linux/fs.h, names", .functions = functions, .data = data};

} // namespace retromod
