// SPDX-License-Identifier: GPL-2.0-or-later
// linux/msdos_fs.h of kernels that have FAT built in. No disk is mounted. Source: fs/{fat,msdos,vfat} of 2.2.
#include "emu/exports/answers.h"
#include "emu/kernel/export_choice.h"
#include "emu/kernel/kernel.h"

#include <chrono>

namespace retromod {
namespace {

/// Seconds since 1970 as the time (hours, minutes, seconds / 2) and date (years since 1980, month, day) of a FAT entry.
void fat_date_unix2dos(Kernel& kernel, std::int32_t seconds, GuestAddr time, GuestAddr date)
{
    using namespace std::chrono;
    const sys_seconds at{std::chrono::seconds{seconds}};
    const auto day = floor<days>(at);
    const year_month_day calendar{day};
    const hh_mm_ss clock{at - day};
    kernel.memory().store<std::uint16_t>(
        time, static_cast<std::uint16_t>(clock.seconds().count() / 2 + (clock.minutes().count() << 5)
                                         + (clock.hours().count() << 11)));
    kernel.memory().store<std::uint16_t>(
        date, static_cast<std::uint16_t>(unsigned{calendar.day()} + (unsigned{calendar.month()} << 5)
                                         + (static_cast<unsigned>(int{calendar.year()} - 1980) << 9)));
}

std::uint64_t file_operations_bytes(Kernel& kernel) { return kernel.layouts().size("struct file_operations"); }

constexpr Export functions[] = {
    full<fat_date_unix2dos>("fat_date_unix2dos", where_listed),
    inert<no_object<GuestAddr>>("fat_add_cluster", where_listed),
    inert<no_object<GuestAddr>>("fat_add_cluster1", where_listed),
    inert<refuse<Errno::eio, GuestAddr, std::int32_t, GuestAddr, GuestAddr, GuestAddr>>("fat_add_entries", where_listed),
    inert<do_nothing<GuestAddr, std::int32_t>>("fat_attach", where_listed),
    inert<do_nothing<GuestAddr, GuestAddr>>("fat_brelse", where_listed),
    inert<no_object<GuestAddr, GuestAddr, std::int32_t, GuestAddr>>("fat_build_inode", where_listed),
    inert<do_nothing<GuestAddr>>("fat_cache_inval_inode", where_listed),
    inert<do_nothing<GuestAddr>>("fat_clear_inode", where_listed),
    inert<do_nothing<GuestAddr>>("fat_delete_inode", where_listed),
    inert<do_nothing<GuestAddr>>("fat_detach", where_listed),
    inert<answer<0, GuestAddr>>("fat_dir_empty", where_listed),
    inert<refuse<Errno::einval, GuestAddr, GuestAddr, std::uint32_t, ULong>>("fat_dir_ioctl", where_listed),
    inert<refuse<Errno::eio, GuestAddr, GuestAddr, ULong, GuestAddr>>("fat_file_read", where_listed),
    inert<refuse<Errno::eio, GuestAddr, GuestAddr, ULong, GuestAddr>>("fat_file_write", where_listed),
    inert<do_nothing<GuestAddr, GuestString>>("fat_fs_panic", where_listed),
    inert<answer<0, GuestAddr, std::int32_t>>("fat_get_cluster", where_listed),
    inert<refuse<Errno::eio, GuestAddr, GuestAddr, GuestAddr, GuestAddr, GuestAddr>>("fat_get_entry", where_listed),
    inert<refuse<Errno::eio, GuestAddr, GuestAddr, GuestAddr, GuestAddr, GuestAddr>>("fat__get_entry", where_listed),
    inert<do_nothing<>>("fat_lock_creation", where_listed),
    inert<do_nothing<GuestAddr, GuestAddr>>("fat_mark_buffer_dirty", where_listed),
    inert<refuse<Errno::enodev, GuestAddr, GuestAddr>>("fat_mmap", where_listed),
    inert<refuse<Errno::eio, GuestAddr, GuestAddr>>("fat_notify_change", where_listed),
    inert<refuse<Errno::eio, GuestAddr, std::int32_t>>("fat_parent_ino", where_listed),
    inert<do_nothing<GuestAddr>>("fat_put_inode", where_listed),
    inert<do_nothing<GuestAddr>>("fat_put_super", where_listed),
    inert<do_nothing<GuestAddr, GuestAddr>>("fat_read_inode", where_listed),
    inert<no_object<GuestAddr, GuestAddr, std::int32_t, GuestAddr>>("fat_read_super", where_listed),
    inert<answer<0, GuestAddr, GuestAddr, GuestAddr>>("fat_readdir", where_listed),
    inert<answer<0, GuestAddr, GuestAddr, GuestAddr>>("fat_readdirx", where_listed),
    inert<refuse<Errno::eio, GuestAddr, GuestAddr>>("fat_readpage", where_listed),
    inert<refuse<Errno::enoent, GuestAddr, GuestString, GuestAddr, GuestAddr, GuestAddr, std::int32_t>>("fat_scan", where_listed),
    inert<refuse<Errno::enoent, GuestAddr, GuestString, std::int32_t, std::int32_t, GuestAddr, GuestAddr>>(
        "fat_search_long", where_listed),
    inert<answer<0, GuestAddr, std::int32_t>>("fat_smap", where_listed),
    inert<answer<0, GuestAddr, std::int32_t>>("fat_bmap", where_listed),
    inert<refuse<Errno::eio, GuestAddr, GuestAddr, std::int32_t>>("fat_statfs", where_listed),
    inert<do_nothing<GuestAddr>>("fat_truncate", where_listed),
    inert<do_nothing<GuestAddr, GuestAddr>>("fat_uni2esc", where_listed),
    inert<do_nothing<>>("fat_unlock_creation", where_listed),
    inert<do_nothing<GuestAddr>>("fat_write_inode", where_listed),
    inert<do_nothing<GuestAddr>>("lock_fat", where_listed),
    inert<do_nothing<GuestAddr>>("unlock_fat", where_listed),
    inert<refuse<Errno::eio, GuestAddr, GuestAddr, std::int32_t>>("msdos_create", where_listed),
    inert<refuse<Errno::eio, GuestAddr, GuestAddr>>("msdos_lookup", where_listed),
    inert<refuse<Errno::eio, GuestAddr, GuestAddr, std::int32_t>>("msdos_mkdir", where_listed),
    inert<do_nothing<GuestAddr>>("msdos_put_super", where_listed),
    inert<do_nothing<GuestAddr>>("msdos_read_inode", where_listed),
    inert<no_object<GuestAddr, GuestAddr, std::int32_t>>("msdos_read_super", where_listed),
    inert<refuse<Errno::eio, GuestAddr, GuestAddr, GuestAddr, GuestAddr>>("msdos_rename", where_listed),
    inert<refuse<Errno::eio, GuestAddr, GuestAddr>>("msdos_rmdir", where_listed),
    inert<refuse<Errno::eio, GuestAddr, GuestAddr>>("msdos_unlink", where_listed),
    inert<refuse<Errno::eio, GuestAddr, GuestAddr>>("msdos_unlink_umsdos", where_listed),
    inert<refuse<Errno::eio, GuestAddr, GuestAddr, std::int32_t>>("vfat_create", where_listed),
    inert<no_object<GuestAddr, GuestAddr>>("vfat_lookup", where_listed),
    inert<refuse<Errno::eio, GuestAddr, GuestAddr, std::int32_t>>("vfat_mkdir", where_listed),
    inert<do_nothing<GuestAddr>>("vfat_put_super", where_listed),
    inert<do_nothing<GuestAddr>>("vfat_read_inode", where_listed),
    inert<no_object<GuestAddr, GuestAddr, std::int32_t>>("vfat_read_super", where_listed),
    inert<refuse<Errno::eio, GuestAddr, GuestAddr, GuestAddr, GuestAddr>>("vfat_rename", where_listed),
    inert<refuse<Errno::eio, GuestAddr, GuestAddr>>("vfat_rmdir", where_listed),
    inert<refuse<Errno::eio, GuestAddr, GuestAddr>>("vfat_unlink", where_listed),
    inert<refuse<Errno::eio, GuestAddr, GuestAddr>>("vfat_unlink_uvfat", where_listed),
    inert<refuse<Errno::einval, GuestAddr>>("register_cvf_format", where_listed),
    inert<refuse<Errno::einval, GuestAddr>>("unregister_cvf_format", where_listed),
};

constexpr DataExport data[] = {
    {"fat_dir_operations", file_operations_bytes, nullptr, where_listed},
    {"fat_esc2uni", fixed_bytes<256>, nullptr, where_listed},
};

} // namespace

extern const Family linux_msdos_fs{.header = "linux/msdos_fs.h", .functions = functions, .data = data};

} // namespace retromod
