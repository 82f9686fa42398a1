// SPDX-License-Identifier: GPL-2.0-or-later
// linux/ide.h: what drivers of IDE devices do with a drive. The board's interface has none for them.
// Source: drivers/ide/ide.c of 2.4.
#include "emu/exports/answers.h"
#include "emu/kernel/kernel.h"

namespace retromod {
namespace {

/// In 2.2 block drivers have file operations.
std::uint64_t block_operations_bytes(Kernel& kernel)
{
    const auto& layouts = kernel.layouts();
    return layouts.size(layouts.has("struct block_device_operations") ? "struct block_device_operations"
                                                                      : "struct file_operations");
}

constexpr Export functions[] = {
    inert<do_nothing<GuestAddr, GuestAddr, std::uint32_t>>("atapi_input_bytes"),
    inert<do_nothing<GuestAddr, GuestAddr, std::uint32_t>>("atapi_output_bytes"),
    inert<answer<0, GuestAddr>>("current_capacity", since_2_4),
    full<no_object<std::uint32_t>>("get_info_ptr", Since{LayoutVersion::v2_4_0, LayoutVersion::v2_4_22}),
    inert<do_nothing<GuestAddr, GuestAddr>>("ide_remove_proc_entries"),
    inert<refuse<Errno::eio, GuestAddr, GuestAddr, std::int32_t>>("ide_do_drive_cmd"),
    inert<answer<0, GuestAddr>>("ide_do_reset"),
    inert<do_nothing<GuestAddr, ULong>>("ide_stall_queue"),
    inert<answer<0, GuestAddr, GuestString, std::uint32_t>>("ide_dump_status"),
    inert<do_nothing<GuestAddr, std::uint32_t, std::uint32_t>>("ide_end_drive_cmd"),
    inert<do_nothing<std::int32_t, GuestAddr>>("ide_end_request"),
    inert<answer<0, GuestAddr, GuestString, std::uint32_t>>("ide_error"),
    inert<do_nothing<GuestAddr, GuestAddr, std::uint32_t, GuestAddr>>("ide_set_handler"),
    inert<answer<0, GuestAddr, GuestAddr, std::uint32_t, std::uint32_t, ULong>>("ide_wait_stat"),
    inert<answer<0, GuestAddr>>("eighty_ninty_three", since_2_4),
    inert<answer<33>>("system_bus_clock", since_2_4),
    inert<answer<0, GuestAddr, std::uint32_t>>("ide_config_drive_speed"),
    inert<answer<-1, std::int32_t, std::int32_t, std::int32_t>>("ide_register"),
    inert<answer<-1, GuestAddr, GuestAddr>>("ide_register_hw", since_2_4),
    inert<do_nothing<std::uint32_t>>("ide_unregister"),
    inert<answer<0, GuestAddr, GuestAddr, ULong>>("proc_ide_read_geometry"),
};

constexpr DataExport data[] = {
    {"ide_fops", block_operations_bytes},
    {"ide_hwifs", fixed_bytes<32768>},
};

} // namespace

extern const Family linux_ide_requests{.header = "linux/ide.h, requests", .functions = functions, .data = data};

} // namespace retromod
