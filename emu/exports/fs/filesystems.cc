// SPDX-License-Identifier: GPL-2.0-or-later
// The file systems that the kernel knows. Source: fs/super.c, 2.4.
#include "emu/exports/fs/filesystems.h"

#include "emu/kernel/guest_struct.h"

#include <fmt/format.h>

namespace retromod {

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

} // namespace retromod
