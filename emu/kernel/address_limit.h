// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/arch.h"
#include "emu/abi/release.h"

namespace retromod {

/// How an architecture's kernel keeps what get_fs() gives and set_fs() sets: which user addresses a task may use.
struct AddressLimit {
    /// How __access_ok reads the limit.
    enum class Rule : std::uint8_t {
        below,    ///< the range ends at the limit or before it
        no_bit,   ///< no bit of the range's ends and size is in the limit
        no_sign,  ///< the same, of the word's top bit alone
        zero_all, ///< a limit of 0 allows all, any other the addresses below TASK_SIZE
    };
    std::string_view member; ///< of struct task_struct
    Rule rule;
    std::uint64_t user;      ///< USER_DS
    std::uint64_t kernel;    ///< KERNEL_DS

    /// __access_ok of asm/uaccess.h, with the task's limit.
    bool allows(const Arch& arch, std::uint64_t limit, std::uint64_t address, std::uint64_t bytes) const;
};

/// Source: include/asm-*/{uaccess,segment,processor}.h of 2.4.0, 2.4.22 and 2.4.37.11.
AddressLimit address_limit(const Arch& arch, LayoutVersion version);

} // namespace retromod
