// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/api/host_file_view.h"

#include "loader/elf/module_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace retromod {
namespace {

std::vector<std::byte> content_of(int descriptor, std::uint64_t size)
{
    if (size > largest_module_file) throw std::runtime_error("the descriptor's file is larger than any module");
    std::vector<std::byte> content(size);
    std::size_t got = 0;
    while (got < content.size()) {
        const auto count = ::pread(descriptor, content.data() + got, content.size() - got, static_cast<off_t>(got));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw std::system_error(errno, std::generic_category(), "the descriptor's file");
        if (count == 0) break;
        got += static_cast<std::size_t>(count);
    }
    content.resize(got);
    return content;
}

} // namespace

HostFileView::HostFileView(int descriptor) : descriptor_(descriptor)
{
    const int flags = ::fcntl(descriptor, F_GETFL);
    struct stat found{};
    if (flags < 0 || ::fstat(descriptor, &found) != 0) return;
    UserFile file;
    file.kind = S_ISREG(found.st_mode) ? UserFile::Kind::regular : UserFile::Kind::other;
    file.readable = (flags & O_ACCMODE) != O_WRONLY && !(flags & O_PATH);
    file.written = (flags & O_ACCMODE) != O_RDONLY;
    file.inode = found.st_ino;
    if (file.kind == UserFile::Kind::regular && file.readable) {
        file.size = static_cast<std::uint64_t>(found.st_size);
        file.content = content_of(descriptor, *file.size);
    }
    file_ = std::move(file);
}

const UserFile* HostFileView::file(std::int32_t descriptor) { return descriptor == descriptor_ && file_ ? &*file_ : nullptr; }

} // namespace retromod
