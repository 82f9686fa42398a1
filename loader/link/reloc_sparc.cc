// SPDX-License-Identifier: GPL-2.0-or-later
// 32-bit SPARC, RELA, big endian. `sethi` holds the upper 22 bits of an address, an addition the lower 10 (HI22, LO10).
// Calls have 30 bits of words and reach everything; branches have 22.
// Source: System V psABI SPARC, table 4-4; modutils 2.4 obj_sparc.c.
#include "loader/link/relocation.h"

namespace retromod {
namespace {

constexpr auto be = ByteOrder::big;
constexpr std::uint32_t R_SPARC_NONE = 0;
constexpr std::uint32_t R_SPARC_8 = 1;
constexpr std::uint32_t R_SPARC_16 = 2;
constexpr std::uint32_t R_SPARC_32 = 3;
constexpr std::uint32_t R_SPARC_DISP32 = 6;
constexpr std::uint32_t R_SPARC_WDISP30 = 7;
constexpr std::uint32_t R_SPARC_WDISP22 = 8;
constexpr std::uint32_t R_SPARC_HI22 = 9;
constexpr std::uint32_t R_SPARC_13 = 11;
constexpr std::uint32_t R_SPARC_LO10 = 12;
constexpr std::uint32_t R_SPARC_UA32 = 23;

constexpr RelocationKind kinds[] = {
    {R_SPARC_NONE, "R_SPARC_NONE", 0},       {R_SPARC_8, "R_SPARC_8", 1},
    {R_SPARC_16, "R_SPARC_16", 2},           {R_SPARC_32, "R_SPARC_32", 4},
    {R_SPARC_DISP32, "R_SPARC_DISP32", 4},   {R_SPARC_WDISP30, "R_SPARC_WDISP30", 4},
    {R_SPARC_WDISP22, "R_SPARC_WDISP22", 4}, {R_SPARC_HI22, "R_SPARC_HI22", 4},
    {R_SPARC_13, "R_SPARC_13", 4},           {R_SPARC_LO10, "R_SPARC_LO10", 4},
    {R_SPARC_UA32, "R_SPARC_UA32", 4},
};

/// Replaces the field of an instruction that `mask` covers.
RelocationOutcome put_field(std::byte* place, std::uint32_t value, std::uint32_t mask)
{
    store(place, be, (load<std::uint32_t>(place, be) & ~mask) | (value & mask));
    return RelocationOutcome::ok;
}

RelocationOutcome apply(const RelocationSite& site, RelocationState&)
{
    const auto value = static_cast<std::uint32_t>(site.S + site.A);
    const auto distance = value - static_cast<std::uint32_t>(site.P);
    const auto put = [&](auto whole) {
        store(site.place, be, whole);
        return RelocationOutcome::ok;
    };
    const auto is_signed = [](std::uint32_t number, unsigned bits) {
        const auto rest = static_cast<std::int32_t>(number) >> (bits - 1);
        return rest == 0 || rest == -1;
    };
    switch (site.type) {
    case R_SPARC_NONE: return RelocationOutcome::ok;
    case R_SPARC_8: return put(static_cast<std::uint8_t>(value));
    case R_SPARC_16: return put(static_cast<std::uint16_t>(value));
    case R_SPARC_32:
    case R_SPARC_UA32: return put(value);
    case R_SPARC_DISP32: return put(distance);
    case R_SPARC_WDISP30: return put_field(site.place, distance >> 2, 0x3fffffff);
    case R_SPARC_WDISP22:
        if (!is_signed(distance, 24)) return RelocationOutcome::overflow;
        return put_field(site.place, distance >> 2, 0x3fffff);
    case R_SPARC_HI22: return put_field(site.place, value >> 10, 0x3fffff);
    case R_SPARC_13:
        if (!is_signed(value, 13)) return RelocationOutcome::overflow;
        return put_field(site.place, value, 0x1fff);
    case R_SPARC_LO10: return put_field(site.place, value & 0x3ff, 0x1fff);
    default: return RelocationOutcome::unhandled;
    }
}

} // namespace

const RelocationArch relocation_sparc{
    .elf_machine = 2, .word_bytes = 4, .kinds = kinds, .apply = apply, .archdata_section = ""};

} // namespace retromod
