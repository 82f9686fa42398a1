// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/machine/host_path.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace retromod {

std::string_view file_kind(unsigned mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG: return "a regular file";
    case S_IFDIR: return "a directory";
    case S_IFIFO: return "a FIFO";
    case S_IFCHR: return "a character device";
    case S_IFBLK: return "a block device";
    case S_IFSOCK: return "a socket";
    case S_IFLNK: return "a symbolic link";
    default: return "a file of unknown kind";
    }
}

void refuse_other_kinds(const std::string& path)
{
    struct stat found;
    if (::lstat(path.c_str(), &found) != 0 || S_ISREG(found.st_mode)) return;
    throw std::system_error(S_ISDIR(found.st_mode) ? EISDIR : EEXIST, std::generic_category(),
                            path + ": " + std::string(file_kind(found.st_mode)) + ", so it is not replaced");
}

std::optional<HostFile> open_regular(std::string path, int flags)
{
    HostFile named;
    named.set_path(path);
    const auto check = [&](const struct stat& found) {
        if (S_ISREG(found.st_mode)) return;
        errno = S_ISDIR(found.st_mode) ? EISDIR : ENOTSUP;
        named.fail("not a machine file but " + std::string(file_kind(found.st_mode)));
    };
    struct stat found;
    if (::stat(path.c_str(), &found) == 0) check(found);
    auto file = HostFile::open_existing(std::move(path), flags | O_NONBLOCK | O_NOCTTY);
    if (!file) return std::nullopt;
    if (::fstat(file->descriptor(), &found) != 0) named.fail("cannot stat");
    check(found);
    return file;
}

} // namespace retromod
