// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/jump_code.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace retromod {
namespace {

using Code = std::vector<std::byte>;

Code words(ByteOrder order, std::initializer_list<std::uint32_t> values)
{
    Code code(values.size() * 4);
    std::size_t at = 0;
    for (const auto value : values) store(code.data() + 4 * at++, order, value);
    return code;
}

/// jmp rel32.
Code x86(const Arch& arch, GuestAddr entry, GuestAddr target)
{
    constexpr unsigned bytes = 5;
    Code code(bytes, std::byte{0xe9});
    store(code.data() + 1, arch.order, static_cast<std::uint32_t>(target - entry - bytes));
    return code;
}

/// j target; nop. Both lie in one region of 256 MB.
Code mips(const Arch& arch, GuestAddr, GuestAddr target)
{
    return words(arch.order, {0x08000000u | (static_cast<std::uint32_t>(target.value) >> 2 & 0x03ffffffu), 0});
}

/// b target.
Code ppc(const Arch& arch, GuestAddr entry, GuestAddr target)
{
    return words(arch.order, {0x48000000u | (static_cast<std::uint32_t>(target - entry) & 0x03fffffcu)});
}

/// b target, counted from two instructions on.
Code arm(const Arch& arch, GuestAddr entry, GuestAddr target)
{
    return words(arch.order, {0xea000000u | (static_cast<std::uint32_t>(target - entry - 8) >> 2 & 0x00ffffffu)});
}

/// ba target; nop.
Code sparc(const Arch& arch, GuestAddr entry, GuestAddr target)
{
    return words(arch.order, {0x10800000u | (static_cast<std::uint32_t>(target - entry) >> 2 & 0x003fffffu), 0x01000000u});
}

/// jmp target.
Code m68k(const Arch& arch, GuestAddr, GuestAddr target)
{
    Code code(6);
    store(code.data(), arch.order, std::uint16_t{0x4ef9});
    store(code.data() + 2, arch.order, static_cast<std::uint32_t>(target.value));
    return code;
}

/// ldah pv,high(pv); lda pv,low(pv); jmp (pv): pv holds the entry's address before, and the target's afterwards.
Code alpha(const Arch& arch, GuestAddr entry, GuestAddr target)
{
    constexpr std::uint32_t ldah_pv = 0x277b0000, lda_pv = 0x237b0000, jmp_pv = 0x6bfb0000;
    const auto distance = static_cast<std::uint32_t>(target - entry);
    return words(arch.order, {ldah_pv | ((distance + 0x8000) >> 16), lda_pv | (distance & 0xffff), jmp_pv});
}

struct Row {
    std::string_view arch;
    Code (*code)(const Arch&, GuestAddr entry, GuestAddr target);
};
constexpr Row rows[] = {
    {"i386", x86}, {"x86_64", x86}, {"mips", mips}, {"mipsel", mips}, {"ppc", ppc}, {"arm", arm}, {"sparc", sparc}, {"m68k", m68k},
    {"alpha", alpha},
};

} // namespace

std::vector<std::byte> jump_code(const Arch& arch, GuestAddr entry, GuestAddr target)
{
    const auto* row = std::ranges::find(rows, arch.name, &Row::arch);
    if (row == std::end(rows)) throw std::invalid_argument("no kernel entries for " + std::string(arch.name));
    return row->code(arch, entry, target);
}

} // namespace retromod
