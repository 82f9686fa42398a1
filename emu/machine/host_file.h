// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

struct iovec;

namespace retromod {

/// An open file of the host that names itself in errors. Every failure is a std::system_error with the path, what was
/// tried and the host's reason.
class HostFile {
public:
    HostFile() = default;
    /// Opens; `flags` as open(2) has them, O_CLOEXEC is added. A file made here has mode 0600.
    HostFile(std::string path, int flags);
    /// The same, or nothing when there is no such file.
    static std::optional<HostFile> open_existing(std::string path, int flags);
    ~HostFile() { close(); }
    HostFile(HostFile&& other) noexcept;
    HostFile& operator=(HostFile&& other) noexcept;

    explicit operator bool() const { return descriptor_ >= 0; }
    int descriptor() const { return descriptor_; }
    const std::string& path() const { return path_; }
    void set_path(std::string path) { path_ = std::move(path); }
    void close();

    std::uint64_t size() const;
    void set_size(std::uint64_t bytes);
    /// Reads up to the end of the file; returns the number of bytes read.
    std::size_t read(std::span<std::byte> into, std::uint64_t offset) const;
    void write(std::span<const std::byte> from, std::uint64_t offset);
    /// Writes the parts one after the other; changes `parts`.
    void write(std::span<iovec> parts, std::uint64_t offset);
    /// Returns when what was written is on the disk.
    void sync();

    /// The first byte at or after `offset` that is no hole, or nothing when only holes follow.
    std::optional<std::uint64_t> next_data(std::uint64_t offset) const;
    /// The first hole at or after `offset`; the end of the file counts as one.
    std::uint64_t next_hole(std::uint64_t offset) const;
    /// Takes disk space for a range, so that writing there cannot fail for lack of it. Nothing where the host cannot.
    void reserve(std::uint64_t offset, std::uint64_t bytes);
    /// Makes a range read as zeros, and gives its disk space back where the host can.
    void clear(std::uint64_t offset, std::uint64_t bytes);

    /// Whether this file's path still leads to it.
    bool still_named() const;

    /// Throws the std::system_error of the current errno.
    [[noreturn]] void fail(std::string_view tried) const;

private:
    std::string path_;
    int descriptor_ = -1;
};

/// Returns when the names in that file's directory are on the disk.
void sync_directory_of(const std::string& path);

} // namespace retromod
