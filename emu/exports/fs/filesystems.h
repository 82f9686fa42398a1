// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/ordered_rows.h"

#include <string>

namespace retromod {

/// A struct file_system_type; fixed format.
struct FilesystemRow {
    static constexpr std::string_view table_name = "filesystems";
    static constexpr std::uint32_t table_capacity = 256;
    std::uint32_t used;
    std::uint32_t order;
    std::uint64_t object;
};

/// The text of /proc/filesystems.
std::string filesystems_text(Kernel& kernel);

} // namespace retromod
