// SPDX-License-Identifier: GPL-2.0-or-later
// linux/cdrom.h of kernels that have it built in: CD-ROM drives register. Source: drivers/cdrom/cdrom.c of 2.2.1 and 2.4.27.
#include "emu/exports/answers.h"
#include "emu/kernel/export_choice.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/log.h"

namespace retromod {
namespace {

/// Drives that registered; fixed format.
struct CdromRow {
    static constexpr std::string_view table_name = "cdroms";
    static constexpr std::uint32_t table_capacity = 64;
    std::uint32_t used;
    std::uint32_t reserved;
    std::uint64_t drive; ///< struct cdrom_device_info {ops, next, handle, dev, ...}
};

/// struct cdrom_device_ops begins with open and release; a driver without them is refused by -2.
std::int32_t register_cdrom(Kernel& kernel, GuestAddr drive)
{
    constexpr std::int32_t no_operations = -2;
    auto& memory = kernel.memory();
    const auto operations = memory.load_pointer(drive);
    if (!memory.load_pointer(operations) || !memory.load_pointer(operations + kernel.arch().word_bytes)) return no_operations;
    auto rows = kernel.machine().table<CdromRow>();
    if (!rows.size()) {
        const bool old = kernel.machine().release().is_2_2();
        kernel.log().write(old ? "<6>Uniform CDROM driver Revision: 2.54\n" : "<6>Uniform CD-ROM driver Revision: 3.12\n");
    }
    rows.insert_or_throw().drive = drive.value;
    return 0;
}

std::int32_t unregister_cdrom(Kernel& kernel, GuestAddr drive)
{
    constexpr std::int32_t unknown = -2;
    auto rows = kernel.machine().table<CdromRow>();
    auto* row = rows.find_if([&](const CdromRow& r) { return r.drive == drive.value; });
    if (!row) return unknown;
    rows.erase(*row);
    return 0;
}

constexpr Export functions[] = {
    init<register_cdrom>("register_cdrom", where_listed),
    full<unregister_cdrom>("unregister_cdrom", where_listed),
    inert<do_nothing<GuestAddr, GuestAddr>>("cdrom_count_tracks", where_listed),
    inert<refuse<Errno::enomedium, GuestAddr, GuestAddr>>("cdrom_open", where_listed),
    inert<answer<0, GuestAddr, GuestAddr>>("cdrom_release", where_listed),
    inert<refuse<Errno::enosys, GuestAddr, GuestAddr, std::uint32_t, ULong>>("cdrom_ioctl", where_listed),
    inert<answer<0, std::uint32_t>>("cdrom_media_changed", where_listed),
    inert<answer<0, GuestAddr>>("cdrom_number_of_slots", where_listed),
    inert<refuse<Errno::enomedium, GuestAddr, std::int32_t>>("cdrom_select_disc", where_listed),
    inert<refuse<Errno::enomedium, GuestAddr, GuestAddr>>("cdrom_mode_select", where_listed),
    inert<refuse<Errno::enomedium, GuestAddr, GuestAddr, std::int32_t, std::int32_t>>("cdrom_mode_sense", where_listed),
    inert<do_nothing<GuestAddr, GuestAddr, std::int32_t, std::int32_t>>("init_cdrom_command", where_listed),
    inert<answer<0>>("cdrom_get_disc_info", where_listed),
    inert<answer<0>>("cdrom_get_track_info", where_listed),
    inert<answer<0>>("cdrom_get_next_writable", where_listed),
    inert<answer<0>>("cdrom_get_last_written", where_listed),
};

std::uint64_t operations_bytes(Kernel& kernel)
{
    return kernel.layouts().size(kernel.layouts().has("struct block_device_operations") ? "struct block_device_operations"
                                                                                        : "struct file_operations");
}

constexpr DataExport data[] = {
    {"cdrom_fops", operations_bytes, nullptr, where_listed},
};

void tell(RowVisitor& visitor, const CdromRow& row) { visitor.pointer("a struct cdrom_device_info", row.drive); }
constexpr TableKind tables[] = {table<CdromRow, tell>("CD-ROM drives")};

} // namespace

extern const Family linux_cdrom{
    .header = "linux/cdrom.h", .functions = functions, .data = data,
    .keeps = {.tables = tables}};

} // namespace retromod
