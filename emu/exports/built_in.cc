// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/exports/built_in.h"

#include "emu/exports/core/interrupts.h"
#include "emu/exports/core/resources.h"
#include "emu/exports/fs/filesystems.h"
#include "emu/kernel/devices.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/ordered_rows.h"
#include "emu/kernel/symbols.h"
#include "emu/machine/host_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <sstream>
#include <stdexcept>

namespace retromod {
namespace {

enum class Held : std::uint8_t { nothing, block, character, disk_file_system, file_system, misc, ports, line };

/// One thing that a driver holds: a major or minor number, a range of ports, an interrupt line, a file system's name.
struct Holding {
    Held kind = Held::nothing;
    std::uint32_t first = 0, last = 0;
    std::string_view name = {};
};

struct Driver {
    std::string_view name;
    std::string_view option; ///< of the kernel's configuration
    std::string_view symbol; ///< that it exports; empty: a list of symbols does not tell
    std::array<Holding, 3> holdings;
};

// Source: Documentation/devices.txt, the drivers' register calls in 2.2 and 2.4.
constexpr Driver drivers[] = {
    {"loop", "CONFIG_BLK_DEV_LOOP", "loop_register_transfer", {{{Held::block, 7, 7, "loop"}}}},
    {"nbd", "CONFIG_BLK_DEV_NBD", "", {{{Held::block, 43, 43, "nbd"}}}},
    {"md", "CONFIG_BLK_DEV_MD", "register_md_personality", {{{Held::block, 9, 9, "md"}}}},
    {"ramdisk", "CONFIG_BLK_DEV_RAM", "", {{{Held::block, 1, 1, "ramdisk"}}}},
    {"floppy", "CONFIG_BLK_DEV_FD", "", {{{Held::block, 2, 2, "fd"}}}},
    {"minix", "CONFIG_MINIX_FS", "", {{{Held::disk_file_system, 0, 0, "minix"}}}},
    {"isofs", "CONFIG_ISO9660_FS", "", {{{Held::disk_file_system, 0, 0, "iso9660"}}}},
    {"msdos", "CONFIG_MSDOS_FS", "msdos_create", {{{Held::disk_file_system, 0, 0, "msdos"}}}},
    {"vfat", "CONFIG_VFAT_FS", "vfat_create", {{{Held::disk_file_system, 0, 0, "vfat"}}}},
    {"umsdos", "CONFIG_UMSDOS_FS", "", {{{Held::disk_file_system, 0, 0, "umsdos"}}}},
    {"ext3", "CONFIG_EXT3_FS", "", {{{Held::disk_file_system, 0, 0, "ext3"}}}},
    {"romfs", "CONFIG_ROMFS_FS", "", {{{Held::disk_file_system, 0, 0, "romfs"}}}},
    {"cramfs", "CONFIG_CRAMFS", "", {{{Held::disk_file_system, 0, 0, "cramfs"}}}},
    {"ntfs", "CONFIG_NTFS_FS", "", {{{Held::disk_file_system, 0, 0, "ntfs"}}}},
    {"udf", "CONFIG_UDF_FS", "", {{{Held::disk_file_system, 0, 0, "udf"}}}},
    {"reiserfs", "CONFIG_REISERFS_FS", "", {{{Held::disk_file_system, 0, 0, "reiserfs"}}}},
    {"nfs", "CONFIG_NFS_FS", "lockd_up", {{{Held::file_system, 0, 0, "nfs"}}}},
    {"smbfs", "CONFIG_SMB_FS", "", {{{Held::file_system, 0, 0, "smbfs"}}}},
    {"autofs", "CONFIG_AUTOFS_FS", "", {{{Held::file_system, 0, 0, "autofs"}}}},
    {"rtc", "CONFIG_RTC", "", {{{Held::misc, 135, 135, "rtc"}, {Held::ports, 0x70, 0x7f, "rtc"}, {Held::line, 8, 8, "rtc"}}}},
    {"apm", "CONFIG_APM", "", {{{Held::misc, 134, 134, "apm_bios"}}}},
    {"psmouse", "CONFIG_PSMOUSE", "", {{{Held::misc, 1, 1, "psaux"}}}},
    {"lp", "CONFIG_PRINTER", "", {{{Held::character, 6, 6, "lp"}}}},
    {"sd", "CONFIG_BLK_DEV_SD", "", {{{Held::block, 8, 8, "sd"}}}},
    {"st", "CONFIG_CHR_DEV_ST", "", {{{Held::character, 9, 9, "st"}}}},
    {"sr", "CONFIG_BLK_DEV_SR", "", {{{Held::block, 11, 11, "sr"}}}},
    {"sg", "CONFIG_CHR_DEV_SG", "", {{{Held::character, 21, 21, "sg"}}}},
    {"ppp", "CONFIG_PPP", "ppp_register_channel", {{{Held::character, 108, 108, "ppp"}}}},
    {"soundcore", "CONFIG_SOUND", "register_sound_special", {{{Held::character, 14, 14, "sound"}}}},
    {"videodev", "CONFIG_VIDEO_DEV", "video_register_device", {{{Held::character, 81, 81, "video_capture"}}}},
    {"usb", "CONFIG_USB", "usb_register", {{{Held::character, 180, 180, "usb"}}}},
    {"input", "CONFIG_INPUT", "input_register_device", {{{Held::character, 13, 13, "input"}}}},
    {"i2c-dev", "CONFIG_I2C_CHARDEV", "", {{{Held::character, 89, 89, "i2c"}}}},
    {"fb", "CONFIG_FB", "register_framebuffer", {{{Held::character, 29, 29, "fb"}}}},
};

const Driver* find_driver(std::string_view name)
{
    const auto* row = std::ranges::find(drivers, name, &Driver::name);
    return row == std::end(drivers) ? nullptr : row;
}

/// Text of the kernel's own that lives as long as the machine.
GuestAddr text_of(Kernel& kernel, std::string_view text)
{
    const auto at = kernel.heap().allocate(text.size() + 1);
    store_string(kernel, at, text);
    return at;
}

FilesystemRow* find_file_system(Kernel& kernel, std::string_view name)
{
    return kernel.machine().table<FilesystemRow>().find_if([&](const FilesystemRow& row) {
        return GuestStruct(kernel, "struct file_system_type", {row.object}).string("name") == name;
    });
}
MiscRow* find_misc_row(Kernel& kernel, std::uint32_t minor)
{
    return kernel.machine().table<MiscRow>().find_if([&](const MiscRow& row) {
        return GuestStruct(kernel, "struct miscdevice", {row.device}).get("minor") == minor;
    });
}
InterruptRow* find_line(Kernel& kernel, const Holding& item)
{
    return kernel.machine().table<InterruptRow>().find_if([&](const InterruptRow& row) {
        return row.line == item.first && kernel.memory().load_string({row.name}) == item.name;
    });
}
bool has_tree(Kernel& kernel) { return kernel.symbols().find_variable("ioport_resource").has_value(); }

void hold(Kernel& kernel, const Holding& item)
{
    const auto kind = item.kind == Held::block ? DeviceKind::block : DeviceKind::character;
    switch (item.kind) {
    case Held::nothing: return;
    case Held::block:
    case Held::character:
        if (find_major(kernel, kind, item.first)) return;
        kernel.machine().table<MajorRow>().insert_or_throw() = {1, kind, item.first, 0, text_of(kernel, item.name).value, 0};
        return;
    case Held::disk_file_system:
    case Held::file_system: {
        if (find_file_system(kernel, item.name)) return;
        GuestStruct type(kernel, "struct file_system_type", new_struct(kernel, "struct file_system_type"));
        type.set("name", text_of(kernel, item.name));
        type.set("fs_flags", std::uint64_t{item.kind == Held::disk_file_system});
        if (auto* row = append_row<FilesystemRow>(kernel)) row->object = type.at().value;
        return;
    }
    case Held::misc: {
        if (find_misc_row(kernel, item.first)) return;
        GuestStruct device(kernel, "struct miscdevice", new_struct(kernel, "struct miscdevice"));
        device.set("minor", std::uint64_t{item.first});
        device.set("name", text_of(kernel, item.name));
        if (auto* row = append_row<MiscRow>(kernel)) row->device = device.at().value;
        return;
    }
    case Held::ports:
        if (has_tree(kernel))
            claim_region(kernel, kernel.symbols().variable("ioport_resource"), item.first, item.last - item.first + 1,
                         text_of(kernel, item.name));
        return;
    case Held::line: {
        if (find_line(kernel, item)) return;
        auto& row = kernel.machine().table<InterruptRow>().insert_or_throw();
        row.line = item.first;
        row.name = text_of(kernel, item.name).value;
    }
    }
}

void let_go(Kernel& kernel, const Holding& item)
{
    auto& machine = kernel.machine();
    const auto kind = item.kind == Held::block ? DeviceKind::block : DeviceKind::character;
    switch (item.kind) {
    case Held::nothing: return;
    case Held::block:
    case Held::character:
        if (auto* row = find_major(kernel, kind, item.first); row && !row->operations) machine.table<MajorRow>().erase(*row);
        return;
    case Held::disk_file_system:
    case Held::file_system:
        if (auto* row = find_file_system(kernel, item.name)) machine.table<FilesystemRow>().erase(*row);
        return;
    case Held::misc:
        if (auto* row = find_misc_row(kernel, item.first)) machine.table<MiscRow>().erase(*row);
        return;
    case Held::ports:
        if (has_tree(kernel))
            give_up_region(kernel, kernel.symbols().variable("ioport_resource"), item.first, item.last - item.first + 1);
        return;
    case Held::line:
        if (auto* row = find_line(kernel, item)) machine.table<InterruptRow>().erase(*row);
    }
}

} // namespace

std::vector<std::string_view> built_in_names()
{
    std::vector<std::string_view> names;
    for (const auto& driver : drivers) names.push_back(driver.name);
    return names;
}

bool build_in(Kernel& kernel, std::string_view name)
{
    const auto* driver = find_driver(name);
    if (driver)
        for (const auto& item : driver->holdings) hold(kernel, item);
    return driver;
}

bool leave_out(Kernel& kernel, std::string_view name)
{
    const auto* driver = find_driver(name);
    if (driver)
        for (const auto& item : driver->holdings) let_go(kernel, item);
    return driver;
}

void build_in_by_symbols(Kernel& kernel, const std::unordered_map<std::string, std::string>& symbols)
{
    for (const auto& driver : drivers) {
        if (driver.symbol.empty()) continue;
        if (symbols.contains(std::string(driver.symbol))) build_in(kernel, driver.name);
        else leave_out(kernel, driver.name);
    }
}

void build_in_by_configuration(Kernel& kernel, const std::string& path)
{
    std::istringstream file(read_host_text(path));
    std::set<std::string, std::less<>> built_in;
    std::size_t options = 0;
    for (std::string line; std::getline(file, line);) {
        const auto equals = line.find('=');
        const bool is_option = line.starts_with("CONFIG_") && equals != std::string::npos;
        options += is_option;
        if (is_option && line.substr(equals + 1) == "y") built_in.insert(line.substr(0, equals));
    }
    if (!options) throw std::runtime_error(fmt::format("{}: no CONFIG_ option in it", path));
    for (const auto& driver : drivers) {
        if (built_in.contains(driver.option)) build_in(kernel, driver.name);
        else leave_out(kernel, driver.name);
    }
}

} // namespace retromod
