// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/names_folder.h"

#include <fmt/format.h>

#include <filesystem>
#include <stdexcept>

namespace retromod {

std::string names_folder()
{
    namespace fs = std::filesystem;
    const auto own = fs::read_symlink("/proc/self/exe").parent_path();
    const auto farm = own.parent_path() / "libexec" / "retromod";
    for (const auto& folder : {farm, own}) {
        std::error_code error;
        if (fs::exists(folder / "modprobe", error)) return folder;
    }
    throw std::runtime_error(fmt::format("neither {} nor {} has modprobe", farm.string(), own.string()));
}

} // namespace retromod
