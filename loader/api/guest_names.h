// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/api/kernel_calls.h"

#include <string>
#include <vector>

namespace retromod {

/// What stat says of a file: the guest's numbers.
struct FileStatus {
    std::uint64_t device = 0, inode = 0, mode = 0, links = 0, user = 0, group = 0, raw_device = 0;
    std::uint64_t bytes = 0, block_bytes = 0, blocks = 0; ///< blocks of 512 bytes
    std::uint64_t accessed = 0, modified = 0, changed = 0; ///< seconds since 1970

    bool is_directory() const { return (mode & 0170000) == 0040000; }
    bool is_regular() const { return (mode & 0170000) == 0100000; }
    bool is_link() const { return (mode & 0170000) == 0120000; }
};

/// What statfs says of a file system.
struct FilesystemStatus {
    std::uint64_t magic = 0, block_bytes = 0, blocks = 0, free_blocks = 0, available_blocks = 0;
    std::uint64_t files = 0, free_files = 0, name_bytes = 0;
};

struct DirectoryEntry {
    std::string name;
    std::uint64_t inode = 0;
};

/// A result with what came with it, which is empty where the call failed.
template <class T>
struct Answer {
    SyscallResult result;
    T value{};
};

enum class FollowLinks : bool { no, yes };

/// The guest's files by name: the system calls, made as by a process of the guest's. Every function throws CallStopped.
class GuestNames {
public:
    explicit GuestNames(KernelCalls& calls) : calls_(calls) {}

    KernelCalls& calls() { return calls_; }
    const Arch& arch() const { return calls_.arch(); }
    bool failed(SyscallResult result) const { return result.failed(calls_.arch()); }

    SyscallResult mount(const std::string& device, const std::string& directory, const std::string& type, std::uint64_t flags,
                        const std::string& options);
    SyscallResult umount(const std::string& directory);
    Answer<FileStatus> status(const std::string& path, FollowLinks follow);
    Answer<FilesystemStatus> filesystem(const std::string& path);
    /// The names in a directory, "." and ".." not among them, in the order in which the file system gives them.
    Answer<std::vector<DirectoryEntry>> entries(const std::string& path);
    Answer<std::string> link_target(const std::string& path);
    SyscallResult make_directory(const std::string& path, std::uint32_t mode);
    /// The same with those above it that are not there.
    void make_directories(const std::string& path, std::uint32_t mode);
    SyscallResult remove_directory(const std::string& path);
    SyscallResult remove(const std::string& path);
    SyscallResult rename(const std::string& from, const std::string& to);
    SyscallResult make_link(const std::string& target, const std::string& path);
    SyscallResult make_node(const std::string& path, std::uint32_t mode, std::uint32_t major, std::uint32_t minor);
    SyscallResult set_mode(const std::string& path, std::uint32_t mode);
    SyscallResult set_times(const std::string& path, std::uint64_t accessed, std::uint64_t modified);
    SyscallResult sync();
    /// The text of /proc/mounts.
    std::string mounts();
    /// Whether a path is in a file system that is mounted somewhere, beside the one at "/".
    bool is_mounted(std::string_view path);

    /// open of a file that is written anew; a descriptor. O_CREAT, O_TRUNC, O_WRONLY.
    SyscallResult create(const std::string& path, std::uint32_t mode);
    SyscallResult open(const std::string& path);
    Answer<std::string> read(std::uint64_t descriptor, std::uint64_t bytes);
    SyscallResult write(std::uint64_t descriptor, std::string_view text);
    SyscallResult close(std::uint64_t descriptor);

    /// The node of a block device that is named as Linux names them ("/dev/hda1", "/dev/loop0"), made where it is missing.
    void make_device_node(const std::string& path);
    /// Major and minor of a block device that is named as Linux names them.
    static std::optional<std::pair<std::uint32_t, std::uint32_t>> block_device(std::string_view path);

private:
    SyscallResult name_call(std::string_view call, std::initializer_list<std::string_view> names,
                            std::initializer_list<std::uint64_t> numbers);
    Answer<std::vector<std::uint64_t>> words(std::string_view call, const std::string& path, std::size_t count,
                                             std::optional<std::uint64_t> last);

    KernelCalls& calls_;
};

} // namespace retromod
