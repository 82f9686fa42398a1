// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/registry.h"

#include "emu/kernel/guest_struct.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/trouble.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

constexpr std::size_t device_limit = 65536;

/// Source: show_tty_driver of fs/proc/proc_tty.c, 2.4.
std::string tty_type(std::uint64_t type, std::uint64_t subtype)
{
    constexpr std::uint64_t system = 1, console = 2, serial = 3, pty = 4;
    switch (type) {
    case system:
        return subtype == 1 ? "system:/dev/tty" : subtype == 2 ? "system:console" : subtype == 3 ? "system:vtmaster" : "system";
    case console: return "console";
    case serial: return subtype == 2 ? "serial:callout" : "serial";
    case pty: return subtype == 1 ? "pty:master" : subtype == 2 ? "pty:slave" : "pty";
    default: return fmt::format("type:{}.{}", type, subtype);
    }
}

} // namespace

std::string filesystems_text(Kernel& kernel)
{
    constexpr std::uint64_t requires_device = 1; // FS_REQUIRES_DEV
    std::string text;
    for (const auto* row : ordered_rows<FilesystemRow>(kernel)) {
        const GuestStruct type(kernel, "struct file_system_type", {row->object});
        text += fmt::format("{}\t{}\n", type.get("fs_flags") & requires_device ? "" : "nodev", type.string("name"));
    }
    return text;
}

std::string_view net_device_type(Kernel& kernel)
{
    return kernel.layouts().has("struct net_device") ? "struct net_device" : "struct device";
}

std::string net_device_name(Kernel& kernel, GuestAddr device)
{
    const GuestStruct fields(kernel, net_device_type(kernel), device);
    return kernel.layouts().has("struct net_device") ? fields.text("name") : fields.string("name");
}

void for_each_net_device(Kernel& kernel, const std::function<bool(GuestAddr)>& visit)
{
    const auto base = kernel.symbols().find_variable("dev_base");
    if (!base) return;
    std::size_t steps = 0;
    for (auto at = kernel.memory().load_pointer(*base); at;) {
        if (++steps > device_limit) throw KernelHang{"the list of network devices is a circle"};
        const auto here = at;
        at = GuestStruct(kernel, net_device_type(kernel), at).pointer("next");
        if (!visit(here)) return;
    }
}

GuestAddr find_net_device(Kernel& kernel, std::string_view name)
{
    GuestAddr found;
    for_each_net_device(kernel, [&](GuestAddr device) {
        if (net_device_name(kernel, device) == name) found = device;
        return !found;
    });
    return found;
}

std::string net_devices_text(Kernel& kernel)
{
    std::string text = "Inter-|   Receive                                                |  Transmit\n"
                       " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls "
                       "carrier compressed\n";
    for_each_net_device(kernel, [&](GuestAddr device) {
        const bool counts = GuestStruct(kernel, net_device_type(kernel), device).pointer("get_stats").value != 0;
        text += fmt::format("{:>6}:", net_device_name(kernel, device));
        text += counts ? "       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0 "
                         "         0\n"
                       : " No statistics available.\n";
        return true;
    });
    return text;
}

std::string tty_drivers_text(Kernel& kernel)
{
    std::string text;
    for (const auto* row : ordered_rows<TtyDriverRow>(kernel)) {
        const GuestStruct driver(kernel, "struct tty_driver", {row->object});
        const auto first = driver.get("minor_start"), count = driver.get("num");
        const auto name = driver.has("driver_name") ? driver.string("driver_name") : std::string();
        const auto minors = count > 1 ? fmt::format("{}-{}", first, first + count - 1) : fmt::format("{}", first);
        text += fmt::format("{:<20} /dev/{:<8} {:3} {:>7} {}\n", name.empty() ? "unknown" : name, driver.string("name"),
                            driver.get("major"), minors, tty_type(driver.get("type"), driver.get("subtype")));
    }
    return text;
}

std::string tty_ldiscs_text(Kernel& kernel)
{
    std::vector<const LineDisciplineRow*> rows;
    for (auto& row : kernel.machine().table<LineDisciplineRow>()) rows.push_back(&row);
    std::ranges::sort(rows, {}, &LineDisciplineRow::number);
    std::string text;
    for (const auto* row : rows) {
        const auto name = GuestStruct(kernel, "struct tty_ldisc", {row->copy}).string("name");
        text += fmt::format("{:<10} {:2}\n", name.empty() ? "???" : name, row->number);
    }
    return text;
}

} // namespace retromod
