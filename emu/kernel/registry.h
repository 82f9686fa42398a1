// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"

#include <functional>

namespace retromod {

// What drivers have registered with the kernel, in the order they came. The objects are the drivers' own.

/// A struct file_system_type; fixed format.
struct FilesystemRow {
    static constexpr std::string_view table_name = "filesystems";
    static constexpr std::uint32_t table_capacity = 256;
    std::uint32_t used;
    std::uint32_t order;
    std::uint64_t object;
};

/// A struct tty_driver; fixed format.
struct TtyDriverRow {
    static constexpr std::string_view table_name = "tty_drivers";
    static constexpr std::uint32_t table_capacity = 256;
    std::uint32_t used;
    std::uint32_t order;
    std::uint64_t object;
};

/// A line discipline: the kernel's copy of the driver's struct tty_ldisc; fixed format.
struct LineDisciplineRow {
    static constexpr std::string_view table_name = "line_disciplines";
    static constexpr std::uint32_t table_capacity = 16; // NR_LDISCS
    std::uint32_t used;
    std::uint32_t number;
    std::uint64_t copy;
};

/// Adds a row behind all others; nothing when the table is full.
template <class Row>
Row* append_row(Kernel& kernel)
{
    std::uint32_t last = 0;
    for (const auto& row : kernel.machine().table<Row>()) last = row.order > last ? row.order : last;
    auto* row = kernel.machine().table<Row>().insert();
    if (row) row->order = last + 1;
    return row;
}

/// The rows of such a table in order.
template <class Row>
std::vector<Row*> ordered_rows(Kernel& kernel)
{
    std::vector<Row*> rows;
    for (auto& row : kernel.machine().table<Row>()) {
        auto at = rows.end();
        while (at != rows.begin() && (*(at - 1))->order > row.order) --at;
        rows.insert(at, &row);
    }
    return rows;
}

/// struct net_device, by its name in this release.
std::string_view net_device_type(Kernel& kernel);
std::string net_device_name(Kernel& kernel, GuestAddr device);
/// Calls `visit(device)` for each on the list from dev_base on, until it returns false.
void for_each_net_device(Kernel& kernel, const std::function<bool(GuestAddr)>& visit);
GuestAddr find_net_device(Kernel& kernel, std::string_view name);

std::string filesystems_text(Kernel& kernel);
/// /proc/net/dev. Differs from 2.4: counters are zeros; the devices' get_stats is not asked.
std::string net_devices_text(Kernel& kernel);
std::string tty_drivers_text(Kernel& kernel);
std::string tty_ldiscs_text(Kernel& kernel);

} // namespace retromod
