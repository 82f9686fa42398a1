// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/exec/hidden_names.h"

#include "loader/exec/stat_forms.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace retromod::exec {

Ending open_hidden(const std::string& path, std::uint64_t flags)
{
    const bool is_proc = path.starts_with("/proc/");
    if (is_proc && (flags & O_ACCMODE) != O_RDONLY) return Ending::of(-EACCES);
    constexpr std::uint64_t handed_on = O_ACCMODE | O_NONBLOCK | O_DIRECTORY | O_NOFOLLOW | O_APPEND;
    const int file = ::open(path.c_str(), static_cast<int>(flags & handed_on) | O_CLOEXEC | O_NOCTTY);
    if (file < 0) return Ending::of(-errno);
    return {Ending::Kind::descriptor, file, (flags & O_CLOEXEC) != 0};
}

Ending stat_hidden(const ProgramCall& call, const std::string& path, bool through, unsigned index)
{
    struct stat found = {};
    if ((through ? ::stat(path.c_str(), &found) : ::lstat(path.c_str(), &found)) != 0) return Ending::of(-errno);
    const auto number = [](auto value) { return static_cast<std::uint64_t>(value); };
    const StatWords words{number(found.st_dev),     found.st_ino,          found.st_mode,          found.st_nlink,
                          found.st_uid,             found.st_gid,          number(found.st_rdev),  number(found.st_size),
                          number(found.st_blksize), number(found.st_blocks), number(found.st_atime), number(found.st_mtime),
                          number(found.st_ctime)};
    const auto form = stat_form(words, call.name, call.is_32_bit);
    return Ending::of(call.memory.write(call.arguments[index], form) == form.size() ? 0 : -EFAULT);
}

Ending read_hidden_link(const Supervisor& supervisor, const ProgramCall& call, const std::string& path, unsigned index)
{
    std::array<char, 4096> target;
    const auto length = ::readlink(path.c_str(), target.data(), target.size());
    if (length < 0) return Ending::of(-errno);
    const auto text = supervisor.inside_root({target.data(), static_cast<std::size_t>(length)});
    const auto bytes = std::as_bytes(std::span(text)).first(std::min<std::size_t>(text.size(), call.arguments[index + 1]));
    const bool stored = call.memory.write(call.arguments[index], bytes) == bytes.size();
    return Ending::of(stored ? static_cast<std::int64_t>(bytes.size()) : -EFAULT);
}

} // namespace retromod::exec
