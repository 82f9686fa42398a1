// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/elf/module_file.h"

#include "loader/elf/unpack.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

namespace retromod {
namespace {

class FileDescriptor {
public:
    explicit FileDescriptor(const std::string& path) : number_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK))
    {
    }
    ~FileDescriptor()
    {
        if (number_ >= 0) ::close(number_);
    }
    FileDescriptor(const FileDescriptor&) = delete;
    FileDescriptor& operator=(const FileDescriptor&) = delete;
    int number() const { return number_; }

private:
    int number_;
};

Problem host_problem(ProblemKind kind, const std::string& path, int error)
{
    return {.kind = kind, .where = path, .value = static_cast<std::uint64_t>(error), .detail = std::strerror(error)};
}

std::string real_path_of(const std::string& path)
{
    const std::unique_ptr<char, void (*)(void*)> real(::realpath(path.c_str(), nullptr), std::free);
    return real ? std::string(real.get()) : path;
}

/// `expected_bytes` is what the file says of its size, which of a pipe is nothing.
ProblemOr<std::vector<std::byte>> read_all(int file, const std::string& path, std::size_t expected_bytes)
{
    constexpr std::size_t least_chunk = 4096, largest_chunk = 256 * 1024; // all that is asked for is cleared first
    std::vector<std::byte> bytes;
    for (;;) {
        const auto filled = bytes.size();
        if (filled > largest_module_file)
            return Problem{
                .kind = ProblemKind::file_too_large, .where = path, .value = filled, .expected = largest_module_file};
        const auto left = expected_bytes > filled ? expected_bytes - filled : 0;
        const auto chunk_bytes = std::clamp(left, least_chunk, largest_chunk);
        bytes.resize(filled + chunk_bytes);
        const auto got = ::read(file, bytes.data() + filled, chunk_bytes);
        if (got < 0 && errno != EINTR) return host_problem(ProblemKind::cannot_read, path, errno);
        bytes.resize(filled + static_cast<std::size_t>(got > 0 ? got : 0));
        if (got == 0) return bytes;
    }
}

} // namespace

ProblemOr<ModuleFile> read_module_file(const std::string& path, Unpacks unpacks)
{
    const FileDescriptor file(path);
    if (file.number() < 0) return host_problem(ProblemKind::cannot_open, path, errno);
    struct stat status {};
    if (::fstat(file.number(), &status) != 0) return host_problem(ProblemKind::cannot_read, path, errno);
    if (S_ISDIR(status.st_mode)) return host_problem(ProblemKind::is_directory, path, EISDIR);
    auto bytes = read_all(file.number(), path, static_cast<std::size_t>(std::max<off_t>(status.st_size, 0)));
    if (!bytes) return bytes.problem();
    if (bytes->empty()) return Problem{.kind = ProblemKind::empty_file, .where = path};
    const auto packing = packing_of(*bytes);
    if (packing != Packing::none && (unpacks == Unpacks::everything || (unpacks == Unpacks::gzip && packing == Packing::gzip))) {
        bytes = unpack(*bytes, largest_module_file);
        if (!bytes) return bytes.problem();
    }
    return ModuleFile{
        .path = path, .real_path = real_path_of(path), .modified = status.st_mtime, .bytes = std::move(*bytes)};
}

} // namespace retromod
