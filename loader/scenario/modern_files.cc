// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/scenario/modern_files.h"

#include "loader/scenario/scenario.h"
#include "loader/scenario/scenario_text.h"

#include <fmt/format.h>

namespace retromod {
namespace {

/// How a file is opened, by the words that scenarios have for it.
struct Opening {
    std::string_view words;
    bool readable, written;
    UserFile::Kind kind;
};
constexpr Opening openings[] = {
    {"O_RDONLY", true, false, UserFile::Kind::regular},
    {"O_RDONLY, offset at end", true, false, UserFile::Kind::regular},
    {"O_RDONLY, then unlinked", true, false, UserFile::Kind::regular},
    {"O_RDONLY, also open O_WRONLY elsewhere", true, true, UserFile::Kind::regular},
    {"O_WRONLY", false, true, UserFile::Kind::regular},
    {"O_RDWR", true, true, UserFile::Kind::regular},
    {"O_PATH", false, false, UserFile::Kind::regular},
    {"memfd with the image", true, false, UserFile::Kind::regular},
    {"read end of a pipe", true, false, UserFile::Kind::other},
    {"socket", true, true, UserFile::Kind::other},
    {"O_RDONLY, cut short", true, false, UserFile::Kind::regular},
};

constexpr std::uint64_t sysfs_size = 4096; ///< what sysfs says of every file

} // namespace

const UserFile* ModernFiles::file(std::int32_t descriptor)
{
    const auto found = files_.find(descriptor);
    return found == files_.end() ? nullptr : &found->second;
}

std::int32_t ModernFiles::open(const std::string& fd, const std::string& path, std::vector<std::byte> content)
{
    const auto number = std::string_view(fd).substr(0, fd.find(' '));
    const bool negative = number.starts_with('-');
    if (const auto value = number_in_text(number.substr(negative)))
        return static_cast<std::int32_t>(negative ? 0 - *value : *value);
    const auto* opening = std::ranges::find(openings, fd, &Opening::words);
    if (opening == std::end(openings)) throw ScenarioError(fmt::format("fd '{}' means nothing", fd));
    UserFile file{opening->kind, opening->readable, opening->written, std::move(content), {}, 0, {}};
    if (fd == "O_RDONLY, cut short") file.size = file.content.size() + 1; // its inode says more than can be read
    if (path.starts_with("/proc/")) file.size = 0;
    else if (path.starts_with("/sys/")) file.size = sysfs_size;
    else if (path.starts_with('/')) file.kind = UserFile::Kind::other; // a folder or a device
    const auto inode = inodes_.emplace(path, inodes_.size() + 1).first->second;
    if (fd == "O_RDONLY") file.inode = inode;
    files_[next_] = std::move(file);
    return next_++;
}

} // namespace retromod
