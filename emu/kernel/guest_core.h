// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/export.h"
#include "emu/machine/machine.h"

#include <cstdint>
#include <string_view>

namespace retromod {

// The core: the part of the kernel that runs in the guest (docs/core.md). loader/boot links it; the kernel only calls it.

/// Where the core of this machine lies; fixed format, one row.
struct CoreRow {
    static constexpr std::string_view table_name = "guest_core";
    static constexpr std::uint32_t table_capacity = 1;
    std::uint32_t used;
    std::uint32_t is_up;      ///< core_init has run
    std::uint64_t base;       ///< 0: the machine has no core
    std::uint64_t bytes;
    std::uint64_t initialize; ///< core_init
    std::uint64_t init_fs;    ///< struct fs_struct of every task
};

/// Whether a row's function is code of the core's: then `describe` alone is set.
constexpr bool is_in_core(const Export& row) { return row.describe && !row.plain && !row.step; }

/// Names between host and core, which modules are not offered: host services, and what the host calls in the core.
constexpr bool is_core_private(std::string_view name) { return name.starts_with("kc_") || name.starts_with("core_"); }

/// The step in which the core comes up, with the first call into it.
constexpr std::string_view start_core_step = "start core";

} // namespace retromod
