// SPDX-License-Identifier: GPL-2.0-or-later
// x86-64: RELA, so the field holds nothing yet, and the kernel's own loader insists that it is zero. Code is compiled for
// the topmost 2 GB (-mcmodel=kernel): calls reach any kernel function with 32 signed bits, and an absolute address fits
// sign-extended (R_X86_64_32S). A value that does not fit is stored as far as it goes and reported: the kernel refuses
// it for R_X86_64_32 and R_X86_64_32S alone and does not look at the relative types.
// Source: System V psABI AMD64, table 4.9; arch/x86/kernel/module.c of 6.1; modutils 2.4 obj_x86_64.c.
#include "loader/link/relocation.h"

#include <algorithm>

namespace retromod {
namespace {

constexpr std::uint32_t R_X86_64_NONE = 0;
constexpr std::uint32_t R_X86_64_64 = 1;
constexpr std::uint32_t R_X86_64_PC32 = 2;
constexpr std::uint32_t R_X86_64_PLT32 = 4;
constexpr std::uint32_t R_X86_64_32 = 10;
constexpr std::uint32_t R_X86_64_32S = 11;
constexpr std::uint32_t R_X86_64_PC64 = 24;

constexpr RelocationKind kinds[] = {
    {R_X86_64_NONE, "R_X86_64_NONE", 0}, {R_X86_64_64, "R_X86_64_64", 8}, {R_X86_64_PC32, "R_X86_64_PC32", 4},
    {R_X86_64_PLT32, "R_X86_64_PLT32", 4}, {R_X86_64_32, "R_X86_64_32", 4}, {R_X86_64_32S, "R_X86_64_32S", 4},
    {R_X86_64_PC64, "R_X86_64_PC64", 8},
};

bool holds_zero(const std::byte* place, unsigned bytes)
{
    return std::all_of(place, place + bytes, [](std::byte byte) { return byte == std::byte{0}; });
}

RelocationOutcome put_64(const RelocationSite& site, std::uint64_t value)
{
    if (!holds_zero(site.place, 8)) return RelocationOutcome::place_not_zero;
    store(site.place, ByteOrder::little, value);
    return RelocationOutcome::ok;
}

RelocationOutcome put_32(const RelocationSite& site, std::uint64_t value, bool fits)
{
    if (!holds_zero(site.place, 4)) return RelocationOutcome::place_not_zero;
    store(site.place, ByteOrder::little, static_cast<std::uint32_t>(value));
    return fits ? RelocationOutcome::ok : RelocationOutcome::overflow;
}

bool fits_signed(std::uint64_t value)
{
    return static_cast<std::int64_t>(value) == static_cast<std::int32_t>(value);
}

RelocationOutcome apply(const RelocationSite& site, RelocationState&)
{
    const auto value = site.S + site.A, relative = value - site.P;
    switch (site.type) {
    case R_X86_64_NONE: return RelocationOutcome::ok;
    case R_X86_64_64: return put_64(site, value);
    case R_X86_64_PC64: return put_64(site, relative);
    case R_X86_64_PC32:
    case R_X86_64_PLT32: return put_32(site, relative, fits_signed(relative));
    case R_X86_64_32: return put_32(site, value, value == static_cast<std::uint32_t>(value));
    case R_X86_64_32S: return put_32(site, value, fits_signed(value));
    default: return RelocationOutcome::unhandled;
    }
}

} // namespace

const RelocationArch relocation_x86_64{
    .elf_machine = 62, .word_bytes = 8, .kinds = kinds, .apply = apply, .archdata_section = ""};

} // namespace retromod
