// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace retromod {

/// Why a kernel or a module is tainted: bit numbers of /proc/sys/kernel/tainted. Source: include/linux/panic.h of 6.1.
enum class TaintFlag : unsigned {
    proprietary, forced, out_of_spec, forced_removal, machine_check, bad_page, user, died, overridden_acpi, warned,
    staging, workaround, out_of_tree, unsigned_module, soft_lockup, livepatch, auxiliary, randstruct, test,
};

constexpr std::uint64_t taint_bit(TaintFlag flag) { return std::uint64_t{1} << static_cast<unsigned>(flag); }

/// The letters of those bits in the kernel's order: "POE".
inline std::string taint_letters(std::uint64_t bits)
{
    constexpr std::string_view letters = "PFSRMBUDAWCIOELKXTN";
    std::string text;
    for (unsigned bit = 0; bit < letters.size(); ++bit)
        if (bits >> bit & 1) text += letters[bit];
    return text;
}

} // namespace retromod
