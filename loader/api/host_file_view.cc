// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/api/host_file_view.h"

#include "emu/abi/syscall_result.h"
#include "loader/elf/module_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>

namespace retromod {
namespace {

/// Reads as much as its inode says that there is; a failing read is the call's result, as in the kernel.
void read_content(int descriptor, std::uint64_t size, UserFile& file)
{
    if (size > largest_module_file) throw std::runtime_error("the descriptor's file is larger than any module");
    auto& content = file.content;
    content.resize(size);
    std::size_t got = 0;
    while (got < content.size()) {
        const auto count = ::pread(descriptor, content.data() + got, content.size() - got, static_cast<off_t>(got));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            const SyscallResult failed{static_cast<std::uint64_t>(-std::int64_t{errno})};
            file.read_error = failed.error(*find_arch("x86_64")).value_or(Errno::eio);
        }
        if (count <= 0) break;
        got += static_cast<std::size_t>(count);
    }
    content.resize(got);
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
        read_content(descriptor, *file.size, file);
    }
    file_ = std::move(file);
}

const UserFile* HostFileView::file(std::int32_t descriptor) { return descriptor == descriptor_ && file_ ? &*file_ : nullptr; }

} // namespace retromod
