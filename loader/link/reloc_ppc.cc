// SPDX-License-Identifier: GPL-2.0-or-later
// 32-bit PowerPC, RELA, big endian. An address is made by two instructions with sixteen bits each; the upper half is the
// one adjusted for a signed lower half (HA) or the plain one (HI). A call (REL24) reaches 32 MB, and kernel and modules
// lie further apart: it goes through a veneer, which leaves by the count register.
// Source: System V psABI PowerPC, table 4-6; modutils 2.4 obj_ppc.c.
#include "loader/link/relocation.h"

namespace retromod {
namespace {

constexpr auto be = ByteOrder::big;
constexpr std::uint32_t R_PPC_NONE = 0;
constexpr std::uint32_t R_PPC_ADDR32 = 1;
constexpr std::uint32_t R_PPC_ADDR16_LO = 4;
constexpr std::uint32_t R_PPC_ADDR16_HI = 5;
constexpr std::uint32_t R_PPC_ADDR16_HA = 6;
constexpr std::uint32_t R_PPC_REL24 = 10;
constexpr std::uint32_t R_PPC_REL14 = 11;
constexpr std::uint32_t R_PPC_UADDR32 = 24;
constexpr std::uint32_t R_PPC_REL32 = 26;

constexpr RelocationKind kinds[] = {
    {R_PPC_NONE, "R_PPC_NONE", 0},           {R_PPC_ADDR32, "R_PPC_ADDR32", 4},
    {R_PPC_ADDR16_LO, "R_PPC_ADDR16_LO", 2}, {R_PPC_ADDR16_HI, "R_PPC_ADDR16_HI", 2},
    {R_PPC_ADDR16_HA, "R_PPC_ADDR16_HA", 2}, {R_PPC_REL24, "R_PPC_REL24", 4, GotNeed::none, true},
    {R_PPC_REL14, "R_PPC_REL14", 4},         {R_PPC_UADDR32, "R_PPC_UADDR32", 4},
    {R_PPC_REL32, "R_PPC_REL32", 4},
};

/// Whether `distance` fits a signed field of `bits`, whose lowest two are not stored.
bool reaches(std::int32_t distance, unsigned bits)
{
    const std::int32_t limit = 1 << (bits - 1);
    return distance >= -limit && distance < limit;
}

RelocationOutcome put_branch(std::byte* place, std::uint32_t distance, unsigned bits)
{
    if (distance % 4 != 0) return RelocationOutcome::dangerous;
    const std::uint32_t field = ((1u << bits) - 1) & ~3u;
    store(place, be, (load<std::uint32_t>(place, be) & ~field) | (distance & field));
    return reaches(static_cast<std::int32_t>(distance), bits) ? RelocationOutcome::ok : RelocationOutcome::overflow;
}

RelocationOutcome apply(const RelocationSite& site, RelocationState&)
{
    const auto S = static_cast<std::uint32_t>(site.S), A = static_cast<std::uint32_t>(site.A);
    const auto P = static_cast<std::uint32_t>(site.P), V = static_cast<std::uint32_t>(site.V);
    const auto put = [&](auto value) {
        store(site.place, be, value);
        return RelocationOutcome::ok;
    };
    switch (site.type) {
    case R_PPC_NONE: return RelocationOutcome::ok;
    case R_PPC_ADDR32:
    case R_PPC_UADDR32: return put(S + A);
    case R_PPC_REL32: return put(S + A - P);
    case R_PPC_ADDR16_LO: return put(static_cast<std::uint16_t>(S + A));
    case R_PPC_ADDR16_HI: return put(static_cast<std::uint16_t>((S + A) >> 16));
    case R_PPC_ADDR16_HA: return put(static_cast<std::uint16_t>((S + A + 0x8000) >> 16));
    case R_PPC_REL24: {
        const auto distance = S + A - P;
        const bool near = reaches(static_cast<std::int32_t>(distance), 26);
        return put_branch(site.place, near || !V ? distance : V - P, 26);
    }
    case R_PPC_REL14: return put_branch(site.place, S + A - P, 16);
    default: return RelocationOutcome::unhandled;
    }
}

/// lis r11,target@ha; addi r11,r11,target@l; mtctr r11; bctr
void write_veneer(std::span<std::byte> place, std::uint64_t target, ByteOrder)
{
    const auto address = static_cast<std::uint32_t>(target);
    const std::uint32_t code[] = {0x3d600000 | ((address + 0x8000) >> 16 & 0xffff), 0x396b0000 | (address & 0xffff),
                                  0x7d6903a6, 0x4e800420};
    for (std::size_t word = 0; word < std::size(code); ++word) store(place.data() + 4 * word, be, code[word]);
}

} // namespace

const RelocationArch relocation_ppc{.elf_machine = 20,
                                    .word_bytes = 4,
                                    .kinds = kinds,
                                    .apply = apply,
                                    .archdata_section = "__ftr_fixup",
                                    .veneer = {16, write_veneer}};

} // namespace retromod
