// SPDX-License-Identifier: GPL-2.0-or-later
// mips o32, both byte orders, addends in the field. A 32-bit address is made by two instructions, `lui` with the upper
// half and an addition, load or store with the lower: two relocations, R_MIPS_HI16 and R_MIPS_LO16. The lower half is
// sign-extended by the CPU, so the upper one depends on it, and the upper's addend is only known with the lower's:
// R_MIPS_HI16 waits until its R_MIPS_LO16 comes. Several may wait for the same one. A jump (R_MIPS_26) replaces the low
// 28 bits of the delay slot's address: its target must lie in the same 256 MB. That is why modules were compiled with
// -mlong-calls, and why older ones jump only within themselves. A jump to the kernel or another module that lies
// further away goes through a veneer, which leaves by $at: no caller keeps anything in it across a jump.
// Source: System V psABI MIPS, table 4-10; modutils 2.4 obj_mips.c.
// Differs from modutils 2.4: it refused such jumps.
#include "loader/link/relocation.h"

namespace retromod {
namespace {

constexpr std::uint32_t R_MIPS_NONE = 0;
constexpr std::uint32_t R_MIPS_32 = 2;
constexpr std::uint32_t R_MIPS_26 = 4;
constexpr std::uint32_t R_MIPS_HI16 = 5;
constexpr std::uint32_t R_MIPS_LO16 = 6;

constexpr RelocationKind kinds[] = {
    {R_MIPS_NONE, "R_MIPS_NONE", 0}, {R_MIPS_32, "R_MIPS_32", 4},     {R_MIPS_26, "R_MIPS_26", 4, GotNeed::none, true},
    {R_MIPS_HI16, "R_MIPS_HI16", 4}, {R_MIPS_LO16, "R_MIPS_LO16", 4},
};

constexpr std::uint32_t jump_region = 0xf0000000;
constexpr std::uint32_t jump_field = 0x03ffffff;

/// `insn` with its lower half replaced.
std::uint32_t with_low_half(std::uint32_t insn, std::uint32_t half)
{
    return (insn & 0xffff0000) | (half & 0xffff);
}

std::uint32_t sign_extended_half(std::uint32_t insn)
{
    return static_cast<std::uint32_t>(static_cast<std::int16_t>(insn & 0xffff));
}

RelocationOutcome apply_jump(const RelocationSite& site)
{
    const auto insn = load<std::uint32_t>(site.place, site.order);
    const auto S = static_cast<std::uint32_t>(site.S);
    const auto P = static_cast<std::uint32_t>(site.P);
    const auto A = (insn & jump_field) << 2;
    auto target = S + A;
    if (target % 4 != 0) return RelocationOutcome::dangerous;
    const auto reaches = [&](std::uint32_t address) { return ((address ^ (P + 4)) & jump_region) == 0; };
    if (!reaches(target) && site.V && A == 0) target = static_cast<std::uint32_t>(site.V); // it leads to S itself
    if (!reaches(target)) return RelocationOutcome::overflow;
    store(site.place, site.order, (insn & ~jump_field) | ((target >> 2) & jump_field));
    return RelocationOutcome::ok;
}

/// Ends the R_MIPS_HI16 that wait, with the addend's lower half, which is that of this R_MIPS_LO16.
void apply_low_half(const RelocationSite& site, RelocationState& state)
{
    const auto S = static_cast<std::uint32_t>(site.S);
    const auto low_insn = load<std::uint32_t>(site.place, site.order);
    const auto AL = sign_extended_half(low_insn);
    for (const auto& high : state.pending) {
        if (high.S != site.S) {
            state.unpaired.push_back(high.entry);
            continue;
        }
        const auto insn = load<std::uint32_t>(high.place, site.order);
        const auto value = S + ((insn & 0xffff) << 16) + AL;
        store(high.place, site.order, with_low_half(insn, (value + 0x8000) >> 16));
    }
    state.pending.clear();
    store(site.place, site.order, with_low_half(low_insn, S + AL));
}

RelocationOutcome apply(const RelocationSite& site, RelocationState& state)
{
    switch (site.type) {
    case R_MIPS_NONE:
        return RelocationOutcome::ok;
    case R_MIPS_32: {
        const auto A = load<std::uint32_t>(site.place, site.order);
        store(site.place, site.order, static_cast<std::uint32_t>(site.S + A));
        return RelocationOutcome::ok;
    }
    case R_MIPS_26:
        return apply_jump(site);
    case R_MIPS_HI16:
        state.pending.push_back({site.place, site.S, site.entry});
        return RelocationOutcome::ok;
    case R_MIPS_LO16:
        apply_low_half(site, state);
        return RelocationOutcome::ok;
    default:
        return RelocationOutcome::unhandled;
    }
}

/// lui $at,target>>16; ori $at,$at,target&0xffff; jr $at; nop
void write_veneer(std::span<std::byte> place, std::uint64_t target, ByteOrder order)
{
    const auto address = static_cast<std::uint32_t>(target);
    const std::uint32_t code[] = {0x3c010000 | address >> 16, 0x34210000 | (address & 0xffff), 0x00200008, 0};
    for (std::size_t word = 0; word < std::size(code); ++word)
        store(place.data() + 4 * word, order, code[word]);
}

} // namespace

const RelocationArch relocation_mips{.elf_machine = 8,
                                     .word_bytes = 4,
                                     .kinds = kinds,
                                     .apply = apply,
                                     .archdata_section = "__dbe_table",
                                     .veneer = {16, write_veneer}};

} // namespace retromod
