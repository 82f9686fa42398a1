// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/errno.h"
#include "emu/abi/errno_or.h"

namespace retromod {

/// What a guest system call left in its result register: one guest word. An error is the negative of the guest's own
/// number; 2.4 hands an init routine's odd values on unchanged, so any word can occur.
struct SyscallResult {
    std::uint64_t word = 0; ///< zero-extended from the guest's word

    static SyscallResult success(std::uint64_t value = 0) { return {value}; }
    static SyscallResult failure(Errno error, const Arch& arch)
    {
        return {arch.word(0 - static_cast<std::uint64_t>(errno_number(error, arch)))};
    }

    /// The error, if the word reads as -1..-4095 and that number has a name on `arch`.
    std::optional<Errno> error(const Arch& arch) const
    {
        const auto value = arch.signed_word(word);
        if (value >= 0 || value < -4095) return std::nullopt;
        return errno_from_number(static_cast<std::uint64_t>(-value), arch);
    }
    /// Whether user space takes the word for an error: -1..-4095.
    bool failed(const Arch& arch) const
    {
        const auto value = arch.signed_word(word);
        return value < 0 && value >= -4095;
    }
    bool operator==(const SyscallResult&) const = default;
};

} // namespace retromod
