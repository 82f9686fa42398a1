// SPDX-License-Identifier: GPL-2.0-or-later
// drivers/scsi/scsi.h of kernels that have SCSI built in: upper drivers, memory for commands, texts. There is no device, so no
// command is ever sent. Source: drivers/scsi/{scsi,constants,scsi_ioctl,scsi_proc}.c of 2.2.1 and 2.4.27.
#include "emu/exports/answers.h"
#include "emu/exports/block/scsi_objects.h"
#include "emu/kernel/export_choice.h"
#include "emu/kernel/guest_list.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/log.h"
#include "emu/kernel/module_requests.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/trouble.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace retromod {

std::vector<GuestAddr> chain(Kernel& kernel, std::string_view list, std::string_view type)
{
    std::vector<GuestAddr> objects;
    const auto head = kernel.symbols().find_variable(list);
    if (!head) return objects;
    for (auto at = kernel.memory().load_pointer(*head); at; at = GuestStruct(kernel, type, at).pointer("next")) {
        if (objects.size() > guest_list::walk_limit) throw KernelHang{fmt::format("{} is a circle", list)};
        objects.push_back(at);
    }
    return objects;
}

void append_to_chain(Kernel& kernel, std::string_view list, std::string_view type, GuestAddr object)
{
    const auto objects = chain(kernel, list, type);
    GuestStruct(kernel, type, object).set("next", std::uint64_t{0});
    if (objects.empty()) kernel.memory().store_word(kernel.symbols().variable(list), object.value);
    else GuestStruct(kernel, type, objects.back()).set("next", object);
}

bool take_from_chain(Kernel& kernel, std::string_view list, std::string_view type, GuestAddr object)
{
    auto link = kernel.symbols().variable(list);
    for (const auto at : chain(kernel, list, type)) {
        const auto next = GuestStruct(kernel, type, at).address("next");
        if (at == object) {
            kernel.memory().store_word(link, kernel.memory().load_word(next));
            return true;
        }
        link = next;
    }
    return false;
}

Step register_scsi_driver(Kernel& kernel, Frame& frame, GuestAddr driver)
{
    GuestStruct fields(kernel, "struct Scsi_Device_Template", driver);
    if (!frame.phase) {
        if (chain(kernel, "scsi_hosts", "struct SHT").empty()) {
            const auto asked = kernel.module_requests().ask("scsi_hostadapter");
            frame.phase = 1;
            if (asked && *asked) return **asked;
        }
        frame.phase = 1;
    }
    if (fields.get("next")) return Return{1};
    const auto list = kernel.symbols().variable("scsi_devicelist");
    fields.set("next", kernel.memory().load_pointer(list));
    kernel.memory().store_word(list, driver.value);
    return Return{0};
}

void unregister_scsi_driver(Kernel& kernel, GuestAddr driver)
{
    take_from_chain(kernel, "scsi_devicelist", "struct Scsi_Device_Template", driver);
    GuestStruct(kernel, "struct Scsi_Device_Template", driver).set("next", std::uint64_t{0});
}

namespace {

constexpr std::uint64_t sector_bytes = 512;

/// Memory that cards reach: whole sectors, up to a page.
GuestAddr scsi_malloc(Kernel& kernel, std::uint32_t bytes)
{
    if (bytes % sector_bytes || bytes > kernel.arch().page_bytes || !kernel.heap().allows(AllocationKind::kmalloc)) return {};
    return kernel.heap().allocate(bytes);
}
std::int32_t scsi_free(Kernel& kernel, GuestAddr block, std::uint32_t)
{
    if (!kernel.heap().free(block)) throw KernelBug{"scsi_free:Bad offset"};
    return 0;
}
GuestAddr scsi_init_malloc(Kernel& kernel, std::uint32_t bytes, std::int32_t)
{
    if (!kernel.heap().allows(AllocationKind::kmalloc)) return {};
    const auto at = kernel.heap().allocate(bytes);
    if (at) kernel.memory().fill(at, bytes, std::byte{0});
    return at;
}
void scsi_init_free(Kernel& kernel, GuestAddr block, std::uint32_t) { kernel.heap().free(block); }

/// The geometry that a BIOS would choose: at most 1,024 cylinders. `disk` begins with the drive's size in sectors at `capacity`
/// of both series; geometry is heads, sectors, cylinders.
std::int32_t scsicam_bios_param(Kernel& kernel, GuestAddr disk, std::uint32_t, GuestAddr geometry)
{
    constexpr std::uint64_t cylinders_wanted = 1024, most_sectors = 62;
    const auto capacity = std::uint64_t{kernel.memory().load<std::uint32_t>(disk)};
    auto heads = std::uint64_t{64}, sectors = std::uint64_t{32};
    while (heads < 255 && capacity / (heads * sectors) > cylinders_wanted) {
        if (sectors < most_sectors) ++sectors;
        else ++heads;
    }
    const std::array<std::uint64_t, 3> values{heads, sectors, capacity / (heads * sectors)};
    for (unsigned i = 0; i < values.size(); ++i)
        kernel.memory().store<std::uint32_t>(geometry + i * 4, static_cast<std::uint32_t>(values[i]));
    return 0;
}

void print_command(Kernel& kernel, GuestAddr command)
{
    std::string text;
    constexpr std::uint64_t group_bytes[] = {6, 10, 10, 12, 12, 12, 10, 10};
    const auto opcode = kernel.memory().load<std::uint8_t>(command);
    for (std::uint64_t i = 0; i < group_bytes[opcode >> 5]; ++i)
        text += fmt::format("{:02x} ", kernel.memory().load<std::uint8_t>(command + i));
    kernel.log().write(text + "\n");
}
void print_status(Kernel& kernel, std::int32_t status) { kernel.log().write(fmt::format("{:#x}", status & 0xff)); }

constexpr std::string_view type_names[] = {"Direct-Access    ", "Sequential-Access", "Printer          ", "Processor        ",
                                           "WORM             ", "CD-ROM           ", "Scanner          ", "Optical Device   ",
                                           "Medium Changer   ", "Communications   ", "Unknown          ", "Unknown          ",
                                           "Unknown          ", "Enclosure        "};

void init_type_names(Kernel& kernel, GuestAddr at)
{
    for (const auto name : type_names) {
        kernel.memory().store_word(at, kernel_string(kernel, name).value);
        at += kernel.arch().word_bytes;
    }
}

/// Bytes of the commands of each group, by the three high bits of the first.
void init_command_sizes(Kernel& kernel, GuestAddr at)
{
    constexpr std::uint8_t sizes[] = {6, 10, 10, 12, 12, 12, 10, 10};
    kernel.memory().write_all(at, std::as_bytes(std::span(sizes)));
}

constexpr Export functions[] = {
    full<scsi_malloc>("scsi_malloc", where_listed),
    full<scsi_free>("scsi_free", where_listed),
    full<scsi_init_malloc>("scsi_init_malloc", where_listed),
    full<scsi_init_free>("scsi_init_free", where_listed),
    init<scsicam_bios_param>("scsicam_bios_param", where_listed),
    init<print_command>("print_command", where_listed),
    init<print_status>("print_status", where_listed),
    inert<do_nothing<GuestString, GuestAddr>>("print_sense", where_listed),
    inert<do_nothing<GuestString, GuestAddr>>("print_req_sense", where_listed),
    inert<answer<1, GuestAddr>>("print_msg", where_listed),
    inert<do_nothing<GuestAddr>>("print_Scsi_Cmnd", where_listed),
    inert<do_nothing<GuestAddr, GuestAddr, GuestAddr, std::int32_t>>("proc_print_scsidevice", where_listed),
    inert<no_object<GuestAddr, GuestAddr, std::int32_t>>("scsi_allocate_device", where_listed),
    inert<no_object<GuestAddr>>("scsi_allocate_request", where_listed),
    inert<do_nothing<GuestAddr>>("scsi_release_request", where_listed),
    inert<do_nothing<GuestAddr>>("scsi_release_command", where_listed),
    inert<do_nothing<GuestAddr, GuestAddr, GuestAddr, std::uint32_t, GuestAddr, std::int32_t, std::int32_t>>("scsi_do_cmd",
                                                                                                             where_listed),
    inert<do_nothing<GuestAddr, GuestAddr, GuestAddr, std::uint32_t, GuestAddr, std::int32_t, std::int32_t>>("scsi_do_req",
                                                                                                             where_listed),
    inert<do_nothing<GuestAddr, GuestAddr, GuestAddr, std::uint32_t, std::int32_t, std::int32_t>>("scsi_wait_req", where_listed),
    inert<answer<1, GuestAddr>>("scsi_block_when_processing_errors", where_listed),
    inert<refuse<Errno::enodev, GuestAddr, std::int32_t, GuestAddr>>("scsi_ioctl", where_listed),
    inert<refuse<Errno::enodev, GuestAddr, std::int32_t, GuestAddr>>("kernel_scsi_ioctl", where_listed),
    inert<refuse<Errno::enodev, GuestAddr, GuestAddr>>("scsi_ioctl_send_command", where_listed),
    inert<no_object<GuestAddr, GuestAddr>>("scsi_request_queueable", where_listed),
    inert<do_nothing<GuestAddr>>("scsi_mark_host_reset", where_listed),
    inert<do_nothing<GuestAddr, std::int32_t>>("scsi_report_bus_reset", where_listed),
    inert<do_nothing<std::int32_t>>("scsi_sleep", where_listed),
    inert<do_nothing<GuestAddr>>("scsi_block_requests", where_listed),
    inert<do_nothing<GuestAddr>>("scsi_unblock_requests", where_listed),
    inert<no_object<GuestAddr>>("scsi_get_host_dev", where_listed),
    inert<do_nothing<GuestAddr>>("scsi_free_host_dev", where_listed),
    inert<do_nothing<GuestAddr, std::int32_t, std::int32_t>>("scsi_io_completion", where_listed),
    inert<no_object<GuestAddr, std::int32_t, std::int32_t>>("scsi_end_request", where_listed),
    inert<do_nothing<GuestAddr>>("scsi_register_blocked_host", where_listed),
    inert<do_nothing<GuestAddr>>("scsi_deregister_blocked_host", where_listed),
    inert<refuse<Errno::enodev, GuestAddr, std::int32_t>>("scsi_reset_provider", where_listed),
    inert<do_nothing<GuestAddr, std::int32_t, GuestAddr>>("scsi_add_timer", where_listed),
    inert<answer<0, GuestAddr>>("scsi_delete_timer", where_listed),
    inert<do_nothing<GuestAddr>>("scsi_finish_command", where_listed),
    inert<refuse<Errno::eperm, GuestAddr, GuestAddr, ULong, std::uint32_t, std::uint32_t, std::uint32_t>>("scsi_partsize",
                                                                                                         where_listed),
};

constexpr DataExport data[] = {
    {"scsi_device_types", words<std::size(type_names)>, init_type_names, where_listed},
    {"scsi_command_size", fixed_bytes<8>, init_command_sizes, where_listed},
    {"scsi_dma_free_sectors", fixed_bytes<4>, nullptr, where_listed},
    {"scsi_need_isa_buffer", fixed_bytes<4>, nullptr, where_listed},
    {"scsi_logging_level", fixed_bytes<4>, nullptr, where_listed},
};

} // namespace

extern const Family scsi_devices{.header = "drivers/scsi/scsi.h", .functions = functions, .data = data};

} // namespace retromod
