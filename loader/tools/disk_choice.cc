// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/disk_choice.h"

#include "emu/kernel/disk_images.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

namespace retromod {
namespace {

struct DiskName {
    std::string_view name;
    std::uint32_t major, minor;
};
constexpr DiskName names[] = {
    {"hda", 3, 0}, {"hdb", 3, 64}, {"hdc", 22, 0}, {"hdd", 22, 64}, {"fd0", 2, 0}, {"fd1", 2, 1}, {"fd2", 2, 2}, {"fd3", 2, 3},
};

const DiskName& choose(DiskImages& disks, const std::optional<std::string>& wanted)
{
    for (const auto& row : names) {
        if (wanted ? row.name != *wanted : !row.name.starts_with("hd") || disks.find(row.name)) continue;
        if (disks.find(row.name)) throw std::runtime_error(fmt::format("{}: the machine has such a disk already", row.name));
        return row;
    }
    throw std::runtime_error(wanted ? fmt::format("{}: no name of a disk (hda to hdd, fd0 to fd3)", *wanted)
                                    : std::string("hda to hdd are all taken"));
}

} // namespace

std::string add_disk(Session& session, const std::string& file, const std::optional<std::string>& name, bool writes_through)
{
    DiskImages disks(session.machine());
    const auto& chosen = choose(disks, name);
    const auto path = std::filesystem::absolute(file).string();
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0 || ::access(path.c_str(), writes_through ? R_OK | W_OK : R_OK) != 0)
        throw std::runtime_error(fmt::format("{}: {}", file, std::strerror(errno)));
    if (!S_ISREG(status.st_mode)) throw std::runtime_error(fmt::format("{}: not a regular file", file));
    if (static_cast<std::uint64_t>(status.st_size) < sector_bytes)
        throw std::runtime_error(fmt::format("{}: {} bytes are less than a sector", file, status.st_size));
    auto* row = session.machine().table<DiskImageRow>().insert();
    if (!row || path.size() >= sizeof row->path) throw std::runtime_error(fmt::format("{}: no room for its path", file));
    row->major = chosen.major;
    row->minor = chosen.minor;
    row->writes_through = writes_through;
    row->bytes = static_cast<std::uint64_t>(status.st_size) / sector_bytes * sector_bytes;
    chosen.name.copy(row->name, sizeof row->name - 1);
    path.copy(row->path, sizeof row->path - 1);
    disks.open_all();
    return std::string(chosen.name);
}

} // namespace retromod
