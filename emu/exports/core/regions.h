// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"

namespace retromod {

/// A range of I/O ports that somebody claimed on a 2.2 kernel; fixed format. 2.4 has struct resource in the guest.
struct RegionRow {
    static constexpr std::string_view table_name = "port_regions";
    static constexpr std::uint32_t table_capacity = 256;
    std::uint32_t used;
    std::uint32_t reserved;
    std::uint64_t first, last;
    std::uint64_t name; ///< const char *
};

constexpr std::size_t region_walk_limit = 1 << 16;

/// /proc/ioports. Names are read where the guest's pointers lead: KernelFault when one leads nowhere.
std::string ioports_text(Kernel& kernel);
/// /proc/iomem; empty for 2.2, which has none.
std::string iomem_text(Kernel& kernel);

} // namespace retromod
