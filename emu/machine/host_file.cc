// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/machine/host_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <limits.h>
#include <system_error>
#include <utility>
#include <vector>

namespace retromod {
namespace {

int open_descriptor(const std::string& path, int flags)
{
    int descriptor;
    do descriptor = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
    while (descriptor < 0 && errno == EINTR);
    return descriptor;
}

bool not_supported(int error) { return error == EOPNOTSUPP || error == ENOSYS || error == EINVAL; }

} // namespace

HostFile::HostFile(std::string path, int flags) : path_(std::move(path)), descriptor_(open_descriptor(path_, flags))
{
    if (descriptor_ < 0) fail("cannot open");
}

std::optional<HostFile> HostFile::open_existing(std::string path, int flags)
{
    HostFile file;
    file.path_ = std::move(path);
    file.descriptor_ = open_descriptor(file.path_, flags);
    if (file.descriptor_ < 0 && errno == ENOENT) return std::nullopt;
    if (file.descriptor_ < 0) file.fail("cannot open");
    return file;
}

HostFile::HostFile(HostFile&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1))
{
}

HostFile& HostFile::operator=(HostFile&& other) noexcept
{
    close();
    path_ = std::move(other.path_);
    descriptor_ = std::exchange(other.descriptor_, -1);
    return *this;
}

void HostFile::close()
{
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

void HostFile::fail(std::string_view tried) const
{
    throw std::system_error(errno, std::generic_category(), path_ + ": " + std::string(tried));
}

std::uint64_t HostFile::size() const
{
    struct stat found;
    if (::fstat(descriptor_, &found) != 0) fail("cannot stat");
    return static_cast<std::uint64_t>(found.st_size);
}

void HostFile::set_size(std::uint64_t bytes)
{
    if (::ftruncate(descriptor_, static_cast<off_t>(bytes)) != 0) fail("cannot set its size");
}

std::size_t HostFile::read(std::span<std::byte> into, std::uint64_t offset) const
{
    std::size_t done = 0;
    while (done < into.size()) {
        const auto count = ::pread(descriptor_, into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail("cannot read");
        if (count == 0) break;
        done += static_cast<std::size_t>(count);
    }
    return done;
}

void HostFile::write(std::span<const std::byte> from, std::uint64_t offset)
{
    iovec part{const_cast<std::byte*>(from.data()), from.size()};
    write(std::span(&part, 1), offset);
}

void HostFile::write(std::span<iovec> parts, std::uint64_t offset)
{
    while (!parts.empty()) {
        const auto count = std::min<std::size_t>(parts.size(), IOV_MAX);
        auto written = ::pwritev(descriptor_, parts.data(), static_cast<int>(count), static_cast<off_t>(offset));
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail("cannot write");
        offset += static_cast<std::uint64_t>(written);
        while (!parts.empty() && static_cast<std::size_t>(written) >= parts.front().iov_len) {
            written -= static_cast<ssize_t>(parts.front().iov_len);
            parts = parts.subspan(1);
        }
        if (written == 0) continue;
        parts.front().iov_base = static_cast<std::byte*>(parts.front().iov_base) + written;
        parts.front().iov_len -= static_cast<std::size_t>(written);
    }
}

void HostFile::sync()
{
    if (::fdatasync(descriptor_) != 0) fail("cannot write to the disk");
}

std::optional<std::uint64_t> HostFile::next_data(std::uint64_t offset) const
{
    const auto found = ::lseek(descriptor_, static_cast<off_t>(offset), SEEK_DATA);
    if (found < 0 && errno == ENXIO) return std::nullopt;
    return found < 0 ? offset : static_cast<std::uint64_t>(found); // where the host knows no holes, all is data
}

std::uint64_t HostFile::next_hole(std::uint64_t offset) const
{
    const auto found = ::lseek(descriptor_, static_cast<off_t>(offset), SEEK_HOLE);
    return found < 0 ? size() : static_cast<std::uint64_t>(found);
}

void HostFile::reserve(std::uint64_t offset, std::uint64_t bytes)
{
    int result;
    do result = ::fallocate(descriptor_, FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset), static_cast<off_t>(bytes));
    while (result != 0 && errno == EINTR);
    if (result != 0 && !not_supported(errno)) fail("cannot take disk space");
}

void HostFile::clear(std::uint64_t offset, std::uint64_t bytes)
{
    constexpr int punch = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
    int result;
    do result = ::fallocate(descriptor_, punch, static_cast<off_t>(offset), static_cast<off_t>(bytes));
    while (result != 0 && errno == EINTR);
    if (result == 0) return;
    if (!not_supported(errno)) fail("cannot give disk space back");
    write(std::vector<std::byte>(bytes), offset);
}

bool HostFile::still_named() const
{
    struct stat mine, named;
    if (::fstat(descriptor_, &mine) != 0) fail("cannot stat");
    return ::stat(path_.c_str(), &named) == 0 && mine.st_dev == named.st_dev && mine.st_ino == named.st_ino;
}

void sync_directory_of(const std::string& path)
{
    const auto directory = std::filesystem::path(path).parent_path();
    HostFile(directory.empty() ? "." : directory.string(), O_RDONLY | O_DIRECTORY).sync();
}

} // namespace retromod
