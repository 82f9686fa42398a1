// SPDX-License-Identifier: GPL-2.0-or-later
// i386 is the plain case: every field is a whole little-endian word anywhere in code or data, the addend lies in the
// field, and all arithmetic is modulo 2^32, so that nothing can be out of range. Modules consist of R_386_32 (data and
// absolute references) and R_386_PC32 (calls) alone; in 4,181 of them no other type occurs. The GOT types are there
// because insmod 2.4 handles them, for code that was compiled with -fpic by mistake.
// Source: System V psABI i386, table 4-3; modutils 2.4 obj_i386.c.
#include "loader/link/relocation.h"

#include <tuple>

namespace retromod {
namespace {

constexpr std::uint32_t R_386_NONE = 0;
constexpr std::uint32_t R_386_32 = 1;
constexpr std::uint32_t R_386_PC32 = 2;
constexpr std::uint32_t R_386_GOT32 = 3;
constexpr std::uint32_t R_386_PLT32 = 4;
constexpr std::uint32_t R_386_GLOB_DAT = 6;
constexpr std::uint32_t R_386_JMP_SLOT = 7;
constexpr std::uint32_t R_386_RELATIVE = 8;
constexpr std::uint32_t R_386_GOTOFF = 9;
constexpr std::uint32_t R_386_GOTPC = 10;

constexpr RelocationKind kinds[] = {
    {R_386_NONE, "R_386_NONE", 0},
    {R_386_32, "R_386_32", 4},
    {R_386_PC32, "R_386_PC32", 4},
    {R_386_GOT32, "R_386_GOT32", 4, GotNeed::slot},
    {R_386_PLT32, "R_386_PLT32", 4},
    {R_386_GLOB_DAT, "R_386_GLOB_DAT", 4},
    {R_386_JMP_SLOT, "R_386_JMP_SLOT", 4},
    {R_386_RELATIVE, "R_386_RELATIVE", 4},
    {R_386_GOTOFF, "R_386_GOTOFF", 4, GotNeed::table},
    {R_386_GOTPC, "R_386_GOTPC", 4, GotNeed::table},
};

RelocationOutcome apply(const RelocationSite& site, RelocationState&)
{
    if (site.type == R_386_NONE) return RelocationOutcome::ok;
    const auto [S, P, B, GOT, G] = std::tuple{site.S, site.P, site.B, site.GOT, site.G};
    const std::uint64_t A = load<std::uint32_t>(site.place, ByteOrder::little);
    const auto put = [&](std::uint64_t value) {
        store(site.place, ByteOrder::little, static_cast<std::uint32_t>(value));
        return RelocationOutcome::ok;
    };
    switch (site.type) {
    case R_386_32: return put(S + A);
    case R_386_PC32:
    case R_386_PLT32: return put(S + A - P);
    case R_386_GLOB_DAT:
    case R_386_JMP_SLOT: return put(S);
    case R_386_RELATIVE: return put(B + A);
    case R_386_GOTPC: return put(GOT + A - P);
    case R_386_GOT32: return put(G + A);
    case R_386_GOTOFF: return put(S + A - GOT);
    default: return RelocationOutcome::unhandled;
    }
}

} // namespace

const RelocationArch relocation_i386{
    .elf_machine = 3, .word_bytes = 4, .kinds = kinds, .apply = apply, .archdata_section = ""};

} // namespace retromod
