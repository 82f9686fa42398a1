// SPDX-License-Identifier: GPL-2.0-or-later
// m68k, RELA, big endian, fields of one, two and four bytes at any even address. Modules consist of R_68K_32 and
// R_68K_PC32; the shorter ones must fit.
// Source: System V psABI m68k; modutils 2.4 obj_m68k.c.
#include "loader/link/relocation.h"

namespace retromod {
namespace {

constexpr auto be = ByteOrder::big;
constexpr std::uint32_t R_68K_NONE = 0;
constexpr std::uint32_t R_68K_32 = 1;
constexpr std::uint32_t R_68K_16 = 2;
constexpr std::uint32_t R_68K_8 = 3;
constexpr std::uint32_t R_68K_PC32 = 4;
constexpr std::uint32_t R_68K_PC16 = 5;
constexpr std::uint32_t R_68K_PC8 = 6;
constexpr std::uint32_t R_68K_GLOB_DAT = 20;
constexpr std::uint32_t R_68K_JMP_SLOT = 21;
constexpr std::uint32_t R_68K_RELATIVE = 22;

constexpr RelocationKind kinds[] = {
    {R_68K_NONE, "R_68K_NONE", 0},         {R_68K_32, "R_68K_32", 4},
    {R_68K_16, "R_68K_16", 2},             {R_68K_8, "R_68K_8", 1},
    {R_68K_PC32, "R_68K_PC32", 4},         {R_68K_PC16, "R_68K_PC16", 2},
    {R_68K_PC8, "R_68K_PC8", 1},           {R_68K_GLOB_DAT, "R_68K_GLOB_DAT", 4},
    {R_68K_JMP_SLOT, "R_68K_JMP_SLOT", 4}, {R_68K_RELATIVE, "R_68K_RELATIVE", 4},
};

/// Stores the low bytes of `value`, which must be a signed or an unsigned number of that size.
template <class Field> RelocationOutcome put_short(std::byte* place, std::uint32_t value)
{
    constexpr unsigned bits = 8 * sizeof(Field);
    const auto rest = static_cast<std::int32_t>(value) >> bits;
    if (rest != 0 && rest != -1) return RelocationOutcome::overflow;
    store(place, be, static_cast<Field>(value));
    return RelocationOutcome::ok;
}

/// The same for a distance, which is signed.
template <class Field> RelocationOutcome put_distance(std::byte* place, std::uint32_t value)
{
    constexpr unsigned bits = 8 * sizeof(Field);
    const auto rest = static_cast<std::int32_t>(value) >> (bits - 1);
    if (rest != 0 && rest != -1) return RelocationOutcome::overflow;
    store(place, be, static_cast<Field>(value));
    return RelocationOutcome::ok;
}

RelocationOutcome apply(const RelocationSite& site, RelocationState&)
{
    const auto value = static_cast<std::uint32_t>(site.S + site.A);
    const auto distance = value - static_cast<std::uint32_t>(site.P);
    const auto put = [&](std::uint64_t whole) {
        store(site.place, be, static_cast<std::uint32_t>(whole));
        return RelocationOutcome::ok;
    };
    switch (site.type) {
    case R_68K_NONE: return RelocationOutcome::ok;
    case R_68K_32: return put(value);
    case R_68K_16: return put_short<std::uint16_t>(site.place, value);
    case R_68K_8: return put_short<std::uint8_t>(site.place, value);
    case R_68K_PC32: return put(distance);
    case R_68K_PC16: return put_distance<std::uint16_t>(site.place, distance);
    case R_68K_PC8: return put_distance<std::uint8_t>(site.place, distance);
    case R_68K_GLOB_DAT:
    case R_68K_JMP_SLOT: return put(site.S);
    case R_68K_RELATIVE: return put(site.B + site.A);
    default: return RelocationOutcome::unhandled;
    }
}

} // namespace

const RelocationArch relocation_m68k{
    .elf_machine = 4, .word_bytes = 4, .kinds = kinds, .apply = apply, .archdata_section = ""};

} // namespace retromod
