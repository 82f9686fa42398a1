// SPDX-License-Identifier: GPL-2.0-or-later
// The terminal drivers and line disciplines that the kernel knows. Source: fs/proc/proc_tty.c, 2.4.
#include "emu/exports/char/tty_drivers.h"

#include "emu/kernel/guest_struct.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

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
