// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/errno_or.h"
#include "emu/abi/syscall_result.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace retromod {

/// The calls since 2.6, and the files that a program reads beside them: all that kmod sees of a kernel.
class ModernCalls {
public:
    virtual ~ModernCalls() = default;

    /// No `params` is the NULL pointer.
    virtual SyscallResult init_module(std::span<const std::byte> image, std::optional<std::string_view> params) = 0;
    /// `file`: what a descriptor that was opened for reading gives.
    virtual SyscallResult finit_module(std::span<const std::byte> file, std::optional<std::string_view> params,
                                       std::uint32_t flags) = 0;
    virtual SyscallResult delete_module(std::optional<std::string_view> name, std::uint32_t flags) = 0;

    /// A file below /proc or /sys. ENOENT, EACCES.
    virtual ErrnoOr<std::string> read_file(std::string_view path) = 0;
    virtual ErrnoOr<std::vector<std::string>> list_folder(std::string_view path) = 0;

    virtual const Arch& arch() const = 0;
};

/// Bits of the calls' flags. Source: include/uapi/linux/module.h, fcntl.h.
namespace modern_flag {
constexpr std::uint32_t ignore_modversions = 1, ignore_vermagic = 2, compressed_file = 4; ///< of finit_module
constexpr std::uint32_t nonblock = 04000, truncate = 01000;                                ///< of delete_module
}

} // namespace retromod
