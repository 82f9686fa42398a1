// SPDX-License-Identifier: GPL-2.0-or-later
// linux/fs.h: names and mounts. Nothing is mounted beside /proc and the device names, so a path that a module follows
// leads nowhere. Source: fs/namei.c, fs/super.c, fs/open.c, fs/readdir.c of 2.4.
#include "emu/exports/answers.h"
#include "emu/kernel/kernel.h"

namespace retromod {
namespace {

constexpr Export functions[] = {
    full<refuse<Errno::eisdir, GuestAddr, GuestAddr, ULong, GuestAddr>>("generic_read_dir", since_2_4),
    inert<refuse<Errno::enoent, GuestString, GuestAddr>>("path_walk", since_2_4),
    inert<do_nothing<GuestAddr>>("path_release", since_2_4),
    inert<do_nothing<GuestAddr>>("__mntput", from(LayoutVersion::v2_4_18_14)),
    inert<answer<0, GuestString, std::uint32_t, GuestAddr>>("path_init", since_2_4),
    inert<refuse<Errno::enoent, GuestAddr, std::uint32_t, GuestAddr>>("__user_walk", since_2_4),
    inert<answer<0, GuestAddr>>("follow_up", since_2_4),
    inert<answer<0, GuestAddr, GuestAddr>>("follow_down", since_2_4),
    inert<no_object<GuestAddr, GuestAddr>>("lookup_mnt", from(LayoutVersion::v2_4_18_14)),
    inert<no_object<GuestAddr, GuestAddr>>("lookup_hash", since_2_4),
    inert<refuse<Errno::enoent, GuestString, GuestAddr, std::int32_t>>("lookup_one_len", from(LayoutVersion::v2_4_18_14)),
    inert<refuse<Errno::enosys, GuestAddr, GuestAddr, std::int32_t>>("vfs_create", since_2_4),
    inert<refuse<Errno::enosys, GuestAddr, GuestAddr, std::int32_t>>("vfs_mkdir", since_2_4),
    inert<refuse<Errno::enosys, GuestAddr, GuestAddr, std::int32_t, std::int32_t>>("vfs_mknod", since_2_4),
    inert<refuse<Errno::enosys, GuestAddr, GuestAddr, GuestString>>("vfs_symlink", since_2_4),
    inert<refuse<Errno::enosys, GuestAddr, GuestAddr, GuestAddr>>("vfs_link", since_2_4),
    inert<refuse<Errno::enosys, GuestAddr, GuestAddr>>("vfs_rmdir"),
    inert<refuse<Errno::enosys, GuestAddr, GuestAddr>>("vfs_unlink"),
    inert<refuse<Errno::enosys, GuestAddr, GuestAddr, GuestAddr, GuestAddr>>("vfs_rename"),
    inert<refuse<Errno::enosys, GuestAddr, GuestAddr>>("vfs_statfs", since_2_4),
    inert<refuse<Errno::enosys, GuestAddr, GuestAddr>>("vfs_follow_link", since_2_4),
    inert<refuse<Errno::enosys, GuestAddr, GuestAddr, std::int32_t, GuestAddr>>("vfs_readlink", since_2_4),
    inert<refuse<Errno::enosys, GuestAddr, GuestAddr, GuestAddr>>("vfs_readdir", since_2_4),
    inert<refuse<Errno::enosys, GuestAddr, GuestAddr, GuestAddr>>("dcache_readdir", since_2_4),
    inert<refuse<Errno::enoent, GuestAddr, GuestAddr>>("vfs_stat", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enoent, GuestAddr, GuestAddr>>("vfs_lstat", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::ebadf, std::uint32_t, GuestAddr>>("vfs_fstat", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<answer<0, GuestAddr, GuestAddr>>("notify_change"),
    inert<no_object<std::uint32_t>>("get_super"),
    inert<do_nothing<GuestAddr>>("drop_super", from(LayoutVersion::v2_4_18_14)),
    inert<do_nothing<std::uint32_t>>("sync_dev"),
    inert<answer<0, GuestAddr>>("may_umount", since_2_4),
    inert<refuse<Errno::efault, GuestAddr>>("getname"),
    inert<refuse<Errno::enoent, GuestString, std::int32_t, std::int32_t>>("filp_open"),
    inert<refuse<Errno::enoent, GuestString>>("open_exec", since_2_4),
    inert<answer<0, GuestAddr, GuestAddr>>("generic_file_open", from(LayoutVersion::v2_4_18_14)),
    inert<answer<0, GuestAddr>>("get_write_access"),
    inert<refuse<Errno::enosys, GuestAddr, GuestAddr, std::int32_t>>("dentry_open", since_2_4),
    inert<no_object<>>("get_empty_filp"),
    inert<do_nothing<GuestAddr>>("put_filp"),
    inert<answer<0, GuestAddr, GuestAddr>>("filp_close", since_2_4),
    inert<refuse<Errno::emfile>>("get_unused_fd"),
    inert<do_nothing<std::uint32_t, GuestAddr>>("fd_install", from(LayoutVersion::v2_4_18_14)),
    inert<answer<0, GuestAddr, GuestAddr>>("init_private_file"),
    inert<refuse<Errno::eio, GuestAddr, ULong, GuestAddr, ULong>>("kernel_read", since_2_4),
    inert<refuse<Errno::enosys, GuestAddr, GuestAddr, ULong>>("ioctl_by_bdev", since_2_4),
    inert<refuse<Errno::eio, GuestAddr>>("file_fsync"),
    inert<no_object<GuestAddr, GuestAddr, ULong>>("__d_path", since_2_4),
    inert<refuse<Errno::enosys, GuestAddr, GuestAddr>>("blkdev_open"),
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
