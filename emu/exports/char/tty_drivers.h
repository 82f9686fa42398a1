// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/ordered_rows.h"

#include <string>

namespace retromod {

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

/// The text of /proc/tty/drivers.
std::string tty_drivers_text(Kernel& kernel);
/// The text of /proc/tty/ldiscs.
std::string tty_ldiscs_text(Kernel& kernel);

} // namespace retromod
