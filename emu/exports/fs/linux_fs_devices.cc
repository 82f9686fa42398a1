// SPDX-License-Identifier: GPL-2.0-or-later
// linux/fs.h: major numbers. linux/miscdevice.h. Source: fs/devices.c, fs/block_dev.c, drivers/char/misc.c of 2.4.
#include "emu/exports/family.h"
#include "emu/kernel/devices.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/ordered_rows.h"

#include <algorithm>

namespace retromod {
namespace {

constexpr std::uint32_t major_limit = 255; // MAX_CHRDEV, MAX_BLKDEV

std::int32_t register_major(Kernel& kernel, DeviceKind kind, std::uint32_t major, const GuestString& name, GuestAddr operations)
{
    std::int32_t result = 0;
    if (major == 0) {
        major = major_limit - 1;
        while (major > 0 && find_major(kernel, kind, major)) --major;
        if (major == 0) return error_code(kernel, Errno::ebusy);
        result = static_cast<std::int32_t>(major);
    }
    if (major >= major_limit) return error_code(kernel, Errno::einval);
    auto* row = find_major(kernel, kind, major);
    if (row && row->operations != operations.value) return error_code(kernel, Errno::ebusy);
    if (!row) row = kernel.machine().table<MajorRow>().insert();
    if (!row) return error_code(kernel, Errno::ebusy);
    row->kind = kind;
    row->major = major;
    row->name = name.address.value;
    row->operations = operations.value;
    return result;
}

std::int32_t unregister_major(Kernel& kernel, DeviceKind kind, std::uint32_t major, const GuestString& name)
{
    auto* row = major < major_limit ? find_major(kernel, kind, major) : nullptr;
    if (!row || kernel.memory().load_string({row->name}) != name.text) return error_code(kernel, Errno::einval);
    kernel.machine().table<MajorRow>().erase(*row);
    return 0;
}

std::int32_t register_chrdev(Kernel& kernel, std::uint32_t major, GuestString name, GuestAddr operations)
{
    return register_major(kernel, DeviceKind::character, major, name, operations);
}
std::int32_t unregister_chrdev(Kernel& kernel, std::uint32_t major, GuestString name)
{
    return unregister_major(kernel, DeviceKind::character, major, name);
}
std::int32_t register_blkdev(Kernel& kernel, std::uint32_t major, GuestString name, GuestAddr operations)
{
    return register_major(kernel, DeviceKind::block, major, name, operations);
}
std::int32_t unregister_blkdev(Kernel& kernel, std::uint32_t major, GuestString name)
{
    return unregister_major(kernel, DeviceKind::block, major, name);
}

// --- miscellaneous devices ------------------------------------------------------------------------------------------

constexpr std::uint64_t dynamic_minor = 255;
constexpr std::int32_t dynamic_minors = 64;

/// The highest free minor below 64; nothing when all are taken.
std::optional<std::uint64_t> free_minor(Kernel& kernel)
{
    for (std::int32_t minor = dynamic_minors - 1; minor >= 0; --minor)
        if (!find_misc(kernel, static_cast<std::uint32_t>(minor))) return static_cast<std::uint64_t>(minor);
    return std::nullopt;
}

std::int32_t misc_register(Kernel& kernel, GuestAddr device)
{
    GuestStruct fields(kernel, "struct miscdevice", device);
    if (fields.has("next") && (fields.get("next") || fields.get("prev"))) return error_code(kernel, Errno::ebusy);
    if (fields.get("minor") == dynamic_minor) {
        const auto minor = free_minor(kernel);
        if (!minor) return error_code(kernel, Errno::ebusy);
        fields.set("minor", *minor);
    } else if (find_misc(kernel, static_cast<std::uint32_t>(fields.get("minor")))) {
        return error_code(kernel, Errno::ebusy);
    }
    auto* row = append_row<MiscRow>(kernel);
    if (!row) return error_code(kernel, Errno::ebusy);
    row->device = device.value;
    fields.set("next", device); // drivers look only whether it is NULL
    fields.set("prev", device);
    return 0;
}

std::int32_t misc_deregister(Kernel& kernel, GuestAddr device)
{
    GuestStruct fields(kernel, "struct miscdevice", device);
    auto rows = kernel.machine().table<MiscRow>();
    auto* row = rows.find_if([&](const MiscRow& r) { return r.device == device.value; });
    if (!row) return error_code(kernel, Errno::einval);
    rows.erase(*row);
    fields.set("next", std::uint64_t{0});
    fields.set("prev", std::uint64_t{0});
    return 0;
}

constexpr Export functions[] = {
    full<register_chrdev>("register_chrdev"),
    full<unregister_chrdev>("unregister_chrdev"),
    init<register_blkdev>("register_blkdev"),
    full<unregister_blkdev>("unregister_blkdev"),
    // Of kernels with devfs, which is not mounted:
    full<register_chrdev>("devfs_register_chrdev", since_2_4),
    full<unregister_chrdev>("devfs_unregister_chrdev", since_2_4),
    init<register_blkdev>("devfs_register_blkdev", since_2_4),
    full<unregister_blkdev>("devfs_unregister_blkdev", since_2_4),
    full<misc_register>("misc_register"),
    full<misc_deregister>("misc_deregister"),
};

/// What the kernel's own drivers hold.
struct BoardMajor {
    DeviceKind kind;
    std::uint32_t major;
    std::string_view name;
};
constexpr BoardMajor board_majors[] = {
    {DeviceKind::character, 1, "mem"},   {DeviceKind::character, 2, "pty"},   {DeviceKind::character, 3, "ttyp"},
    {DeviceKind::character, 4, "ttyS"},  {DeviceKind::character, 5, "cua"},   {DeviceKind::character, 7, "vcs"},
    {DeviceKind::character, 10, "misc"}, {DeviceKind::character, 128, "ptm"}, {DeviceKind::character, 136, "pts"},
    {DeviceKind::character, 162, "raw"}, {DeviceKind::block, 1, "ramdisk"},   {DeviceKind::block, 2, "fd"},
    {DeviceKind::block, 3, "ide0"},      {DeviceKind::block, 9, "md"},
};

struct BoardMisc {
    std::uint64_t minor;
    std::string_view name;
};
constexpr BoardMisc board_misc[] = {{134, "apm_bios"}, {1, "psaux"}, {135, "rtc"}};

void add_board_devices(Kernel& kernel)
{
    for (const auto& device : board_majors)
        register_major(kernel, device.kind, device.major, {kernel_string(kernel, device.name), {}}, {});
    if (!kernel.arch().has_pc_board) return;
    for (const auto& device : board_misc) {
        const auto bytes = kernel.layouts().size("struct miscdevice");
        GuestStruct fields(kernel, "struct miscdevice", kernel.memory().allocate_image(bytes, 8));
        fields.clear();
        fields.set("minor", device.minor);
        fields.set("name", kernel_string(kernel, device.name));
        misc_register(kernel, fields.at());
    }
}

} // namespace

extern const Family linux_fs_devices{.header = "linux/fs.h, devices", .functions = functions, .boot = add_board_devices};

} // namespace retromod
