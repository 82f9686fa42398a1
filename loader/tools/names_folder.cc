// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/names_folder.h"

#include <fmt/format.h>

#include <cstdlib>
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

void stay_on_machine(const std::string& folder, const std::string& machine)
{
    const char* path = std::getenv("PATH");
    ::setenv("RETROMOD_MACHINE", std::filesystem::absolute(machine).c_str(), 1);
    ::setenv("PATH", fmt::format("{}:{}", folder, path ? path : "/usr/bin:/bin").c_str(), 1);
    ::setenv("BASH_ENV", fmt::format("{}/period-names.bash", folder).c_str(), 1);
}

} // namespace retromod
