// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/arch.h"

namespace retromod {

/// How an architecture's kernel keeps what get_fs() gives and set_fs() sets: which user addresses a task may use.
struct AddressLimit {
    std::string_view member; ///< of struct task_struct
    bool is_mask;            ///< no bit of a user address may be in it; else addresses lie below it
    std::uint64_t user;      ///< USER_DS
    std::uint64_t kernel;    ///< KERNEL_DS

    /// __access_ok of asm/uaccess.h, with the task's limit.
    bool allows(std::uint64_t limit, std::uint64_t address, std::uint64_t bytes) const
    {
        if (is_mask) return ((address | bytes | (address + bytes)) & limit) == 0;
        return bytes <= limit && address <= limit - bytes;
    }
};

/// Source: include/asm-*/{uaccess,processor}.h of 2.4.37.11.
AddressLimit address_limit(const Arch& arch);

} // namespace retromod
