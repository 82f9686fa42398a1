// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"

#include <string>
#include <utility>
#include <vector>

namespace retromod {

enum class DeviceKind : std::uint32_t { character, block };

/// A major number in use: what register_chrdev and register_blkdev keep; fixed format. The name stays a guest pointer,
/// as in the kernel.
struct MajorRow {
    static constexpr std::string_view table_name = "majors";
    static constexpr std::uint32_t table_capacity = 512;
    std::uint32_t used;
    DeviceKind kind;
    std::uint32_t major;
    std::uint32_t reserved;
    std::uint64_t name;       ///< const char *
    std::uint64_t operations; ///< struct file_operations or block_device_operations; 0: the kernel's own
};

/// A struct miscdevice that misc_register knows; fixed format.
struct MiscRow {
    static constexpr std::string_view table_name = "misc";
    static constexpr std::uint32_t table_capacity = 256;
    std::uint32_t used;
    std::uint32_t order; ///< of registration
    std::uint64_t device;
};

constexpr std::uint32_t misc_major = 10;

MajorRow* find_major(Kernel& kernel, DeviceKind kind, std::uint32_t major);

/// The struct miscdevice with that minor number; NULL when there is none.
GuestAddr find_misc(Kernel& kernel, std::uint32_t minor);

/// A device node by number.
struct DeviceNumber {
    std::uint32_t major = 0, minor = 0;
};

/// The character device that a path names: /dev/NAME of a registered driver or misc device, or /dev/char/MAJOR:MINOR.
std::optional<DeviceNumber> find_device(Kernel& kernel, std::string_view path);

/// Likewise by a driver's name with a minor behind it: "/dev/scull0".
std::optional<DeviceNumber> find_numbered_device(Kernel& kernel, std::string_view path);
/// The names by which find_device knows the drivers' devices, sorted, and what they name.
std::vector<std::pair<std::string, DeviceNumber>> named_devices(Kernel& kernel);

/// try_inc_mod_count and __MOD_DEC_USE_COUNT: the owner of some operations is used, and no longer. NULL is the kernel.
bool hold_module(Kernel& kernel, GuestAddr module);
void release_module(Kernel& kernel, GuestAddr module);

/// Texts of /proc/devices, /proc/misc.
std::string devices_text(Kernel& kernel);
std::string misc_text(Kernel& kernel);

} // namespace retromod
