// SPDX-License-Identifier: GPL-2.0-or-later
// ARM by its old ABI: REL, little endian. Data are whole words (ABS32); calls and jumps are PC24, 24 bits of words, which
// reach 32 MB. A module of a machine with more memory than that calls the kernel through a veneer that loads the program
// counter. The addend in a branch's field is -8, for the pipeline.
// Source: ARM ELF (ARM IHI 0044), table 4-9; modutils 2.4 obj_arm.c.
#include "loader/link/relocation.h"

namespace retromod {
namespace {

constexpr auto le = ByteOrder::little;
constexpr std::uint32_t R_ARM_NONE = 0;
constexpr std::uint32_t R_ARM_PC24 = 1;
constexpr std::uint32_t R_ARM_ABS32 = 2;
constexpr std::uint32_t R_ARM_REL32 = 3;
constexpr std::uint32_t R_ARM_PLT32 = 27;
constexpr std::uint32_t R_ARM_CALL = 28;   // the last two: of the ABI after the one that modutils knew
constexpr std::uint32_t R_ARM_JUMP24 = 29;
constexpr std::uint32_t R_ARM_V4BX = 40;

constexpr RelocationKind kinds[] = {
    {R_ARM_NONE, "R_ARM_NONE", 0},
    {R_ARM_PC24, "R_ARM_PC24", 4, GotNeed::none, true},
    {R_ARM_ABS32, "R_ARM_ABS32", 4},
    {R_ARM_REL32, "R_ARM_REL32", 4},
    {R_ARM_PLT32, "R_ARM_PLT32", 4, GotNeed::none, true},
    {R_ARM_CALL, "R_ARM_CALL", 4, GotNeed::none, true},
    {R_ARM_JUMP24, "R_ARM_JUMP24", 4, GotNeed::none, true},
    {R_ARM_V4BX, "R_ARM_V4BX", 0},
};

constexpr std::uint32_t branch_field = 0x00ffffff;
constexpr std::int32_t branch_reach = 1 << 25; // bytes

bool reaches(std::int32_t distance) { return distance >= -branch_reach && distance < branch_reach; }

RelocationOutcome apply_branch(const RelocationSite& site)
{
    const auto insn = load<std::uint32_t>(site.place, le);
    const auto A = static_cast<std::uint32_t>(static_cast<std::int32_t>(insn << 8) >> 6); // words, signed, as bytes
    const auto S = static_cast<std::uint32_t>(site.S), P = static_cast<std::uint32_t>(site.P);
    auto distance = S + A - P;
    if (distance % 4 != 0) return RelocationOutcome::dangerous;
    if (!reaches(static_cast<std::int32_t>(distance)) && site.V) distance = static_cast<std::uint32_t>(site.V) + A - P;
    if (!reaches(static_cast<std::int32_t>(distance))) return RelocationOutcome::overflow;
    store(site.place, le, (insn & ~branch_field) | (distance >> 2 & branch_field));
    return RelocationOutcome::ok;
}

RelocationOutcome apply(const RelocationSite& site, RelocationState&)
{
    const auto put = [&](std::uint64_t value) {
        store(site.place, le, static_cast<std::uint32_t>(value + load<std::uint32_t>(site.place, le)));
        return RelocationOutcome::ok;
    };
    switch (site.type) {
    case R_ARM_NONE:
    case R_ARM_V4BX: return RelocationOutcome::ok;
    case R_ARM_ABS32: return put(site.S);
    case R_ARM_REL32: return put(site.S - site.P);
    case R_ARM_PC24:
    case R_ARM_PLT32:
    case R_ARM_CALL:
    case R_ARM_JUMP24: return apply_branch(site);
    default: return RelocationOutcome::unhandled;
    }
}

/// ldr pc,[pc,#-4]; .word target
void write_veneer(std::span<std::byte> place, std::uint64_t target, ByteOrder)
{
    store<std::uint32_t>(place.data(), le, 0xe51ff004);
    store(place.data() + 4, le, static_cast<std::uint32_t>(target));
}

} // namespace

const RelocationArch relocation_arm{.elf_machine = 40,
                                    .word_bytes = 4,
                                    .kinds = kinds,
                                    .apply = apply,
                                    .archdata_section = "",
                                    .veneer = {8, write_veneer}};

} // namespace retromod
