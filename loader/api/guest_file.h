// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/api/kernel_calls.h"

#include <string>
#include <vector>

namespace retromod {

/// A file of the guest that a process of ours opened: a device (`/dev/NAME`, `/dev/char/MAJOR:MINOR`) or a /proc file.
/// Results are those of the system calls. Every function throws CallStopped.
class GuestFile {
public:
    /// Source: include/asm-i386/fcntl.h.
    enum class Access : std::uint64_t { read = 0, write = 1, both = 2 };

    GuestFile(KernelCalls& calls, const std::string& path, Access access);

    /// Whether open succeeded; else `opened` says why not.
    bool is_open() const { return !opened_.failed(arch_); }
    SyscallResult opened() const { return opened_; }

    struct ReadResult {
        SyscallResult result;
        std::string text;
    };
    ReadResult read(std::uint64_t bytes);
    SyscallResult write(std::string_view text);
    SyscallResult ioctl(std::uint64_t command, std::uint64_t argument);
    /// The same with a pointer to `buffer`, which holds afterwards what the guest left there.
    SyscallResult ioctl(std::uint64_t command, std::span<std::byte> buffer);
    SyscallResult close();

private:
    KernelCalls& calls_;
    const Arch& arch_;
    SyscallResult opened_;
};

} // namespace retromod
