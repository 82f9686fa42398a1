// SPDX-License-Identifier: GPL-2.0-or-later
// linux/fs.h and linux/swap.h as file systems of 2.2 used them. Source: fs/{super,buffer,namei,devices,block_dev,fifo}.c,
// mm/filemap.c of 2.2.
#include "emu/exports/answers.h"
#include "emu/kernel/kernel.h"

namespace retromod {
namespace {

std::uint64_t inode_operations_bytes(Kernel& kernel) { return kernel.layouts().size("struct inode_operations"); }

/// Modules copy these, and the file operations behind them, and change the copies.
void init_operations(Kernel& kernel, GuestAddr at)
{
    const auto files = kernel.memory().allocate_image(kernel.layouts().size("struct file_operations"), 16);
    kernel.memory().fill(files, kernel.layouts().size("struct file_operations"), std::byte{0});
    GuestStruct(kernel, "struct inode_operations", at).set("default_file_ops", files);
}

/// A fifo's inode: its mode, and no operations, as nothing opens it.
void init_fifo(Kernel& kernel, GuestAddr inode)
{
    constexpr std::uint64_t format = 0170000, fifo = 0010000;
    GuestStruct fields(kernel, "struct inode", inode);
    fields.set("i_mode", (fields.get("i_mode") & ~format) | fifo);
}

constexpr Export functions[] = {
    init<init_fifo>("init_fifo", only_2_2),
    inert<do_nothing<GuestAddr>>("__wait_on_super", until(LayoutVersion::v2_4_0)),
    inert<refuse<Errno::eio, GuestAddr, GuestAddr, ULong, GuestAddr>>("block_write", until(LayoutVersion::v2_4_0)),
    inert<refuse<Errno::eio, GuestAddr, GuestAddr, ULong, GuestAddr>>("block_read", until(LayoutVersion::v2_4_0)),
    inert<refuse<Errno::enoent, GuestString, GuestAddr, std::uint32_t>>("lookup_dentry", only_2_2),
    inert<refuse<Errno::enoent, GuestString, std::int32_t, std::int32_t>>("open_dentry", only_2_2),
    inert<refuse<Errno::enoent, GuestString, std::uint32_t>>("__namei", only_2_2),
    inert<refuse<Errno::enoent, GuestString, std::int32_t, std::int32_t, GuestAddr>>("open_namei", only_2_2),
    inert<refuse<Errno::eio, GuestAddr, GuestAddr>>("generic_readpage", only_2_2),
    inert<do_nothing<std::uint32_t>>("invalidate_buffers", only_2_2),
    inert<refuse<Errno::eio, GuestAddr, GuestAddr>>("block_fsync", only_2_2),
    inert<do_nothing<GuestAddr, std::int32_t>>("mark_buffer_uptodate", only_2_2),
    inert<do_nothing<GuestAddr, std::int32_t>>("set_writetime", only_2_2),
    inert<do_nothing<GuestAddr, ULong, GuestAddr>>("update_vm_cache", only_2_2),
    inert<no_object<GuestAddr, std::int32_t>>("wait_for_request", only_2_2),
    inert<no_object<std::uint32_t, std::int32_t, std::int32_t>>("find_buffer", only_2_2),
    inert<no_object<std::uint32_t, std::int32_t, std::int32_t>>("breada", only_2_2),
    inert<refuse<Errno::enoexec, GuestAddr, ULong, GuestAddr, ULong>>("read_exec", only_2_2),
    inert<answer<0, std::int32_t, GuestAddr, GuestAddr, ULong>>("copy_strings", only_2_2),
    inert<answer<0, std::uint32_t>>("get_hardblocksize", until(LayoutVersion::v2_4_0)),
    inert<do_nothing<GuestAddr>>("put_write_access", only_2_2),
    inert<do_nothing<ULong>>("put_cached_page", only_2_2),
    inert<no_object<GuestAddr, ULong, std::int32_t>>("get_cached_page", only_2_2),
    inert<do_nothing<std::int32_t, std::int32_t, GuestAddr>>("make_request", only_2_2),
    inert<answer<0, std::uint32_t>>("is_root_busy", only_2_2),
    inert<no_object<std::uint32_t>>("get_blkfops", only_2_2),
    inert<no_object<GuestAddr, GuestAddr, std::int32_t>>("d_path", only_2_2),
    inert<refuse<Errno::enodev, GuestAddr, ULong, ULong, ULong, ULong, ULong>>("do_mmap", only_2_2),
    inert<refuse<Errno::enosys, GuestString, std::int32_t, std::int32_t>>("do_mknod", only_2_2),
    inert<no_object<ULong>>("lookup_exec_domain", only_2_2),
    inert<answer<0, GuestAddr, GuestAddr>>("blkdev_release", only_2_2),
    inert<refuse<Errno::enosys, std::int32_t, GuestAddr, GuestAddr>>("do_nfsservctl", only_2_2),
    inert<no_object<GuestAddr, std::int32_t, GuestAddr>>("proc_get_inode", only_2_2),
};

constexpr DataExport data[] = {
    {"chrdev_inode_operations", inode_operations_bytes, nullptr, only_2_2},
    {"blkdev_inode_operations", inode_operations_bytes, nullptr, only_2_2},
    {"proc_net_inode_operations", inode_operations_bytes, init_operations, only_2_2},
    {"proc_dir_inode_operations", inode_operations_bytes, init_operations, only_2_2},
    {"proc_scsi_inode_operations", inode_operations_bytes, init_operations, only_2_2},
    {"md_dev", fixed_bytes<1024>, nullptr, only_2_2},
    {"file_lock_table", words<1>, nullptr, only_2_2},
    {"max_files", fixed_bytes<4>, nullptr, only_2_2},
    {"dispatch_scsi_info_ptr", words<1>, nullptr, only_2_2},
    {"timer_table", fixed_bytes<256>, nullptr, only_2_2},
    {"timer_active", fixed_bytes<4>, nullptr, only_2_2},
    {"md_map", words<1>, nullptr, only_2_2},
};

} // namespace

extern const Family linux_fs_2_2{.header = "linux/fs.h of 2.2", .functions = functions, .data = data};

} // namespace retromod
