// SPDX-License-Identifier: GPL-2.0-or-later
// Alpha has no room for an address in an instruction. Addresses of symbols lie in the module's global offset table,
// which register $29 (gp) points into, 32 KB behind its start, so that all of 64 KB can be reached: a load of 16 bits
// (R_ALPHA_LITERAL) fetches an address, and R_ALPHA_LITUSE only says which instructions use it. The module's own data
// may be reached from gp directly, in one instruction (GPREL16) or two (GPRELHIGH, GPRELLOW). Each function computes gp
// from its own address by the pair of instructions that R_ALPHA_GPDISP names, and again after each call. The lower half
// of a pair is sign-extended by the CPU, so the upper one is rounded. HINT guesses at the target of a jump: no harm if
// it does not fit. Source: alpha psABI (Tru64 object file specification), binutils elf/alpha.h for numbers;
// modutils 2.4 obj_alpha.c.
#include "loader/link/relocation.h"

namespace retromod {
namespace {

constexpr std::uint32_t R_ALPHA_NONE = 0;
constexpr std::uint32_t R_ALPHA_REFLONG = 1;
constexpr std::uint32_t R_ALPHA_REFQUAD = 2;
constexpr std::uint32_t R_ALPHA_GPREL32 = 3;
constexpr std::uint32_t R_ALPHA_LITERAL = 4;
constexpr std::uint32_t R_ALPHA_LITUSE = 5;
constexpr std::uint32_t R_ALPHA_GPDISP = 6;
constexpr std::uint32_t R_ALPHA_BRADDR = 7;
constexpr std::uint32_t R_ALPHA_HINT = 8;
constexpr std::uint32_t R_ALPHA_SREL16 = 9;
constexpr std::uint32_t R_ALPHA_SREL32 = 10;
constexpr std::uint32_t R_ALPHA_SREL64 = 11;
constexpr std::uint32_t R_ALPHA_GPRELHIGH = 17;
constexpr std::uint32_t R_ALPHA_GPRELLOW = 18;
constexpr std::uint32_t R_ALPHA_GPREL16 = 19;

constexpr RelocationKind kinds[] = {
    {R_ALPHA_NONE, "R_ALPHA_NONE", 0},
    {R_ALPHA_REFLONG, "R_ALPHA_REFLONG", 4},
    {R_ALPHA_REFQUAD, "R_ALPHA_REFQUAD", 8},
    {R_ALPHA_GPREL32, "R_ALPHA_GPREL32", 4, GotNeed::table},
    {R_ALPHA_LITERAL, "R_ALPHA_LITERAL", 4, GotNeed::slot},
    {R_ALPHA_LITUSE, "R_ALPHA_LITUSE", 0},
    {R_ALPHA_GPDISP, "R_ALPHA_GPDISP", 4, GotNeed::table},
    {R_ALPHA_BRADDR, "R_ALPHA_BRADDR", 4},
    {R_ALPHA_HINT, "R_ALPHA_HINT", 4},
    {R_ALPHA_SREL16, "R_ALPHA_SREL16", 2},
    {R_ALPHA_SREL32, "R_ALPHA_SREL32", 4},
    {R_ALPHA_SREL64, "R_ALPHA_SREL64", 8},
    {R_ALPHA_GPRELHIGH, "R_ALPHA_GPRELHIGH", 4, GotNeed::table},
    {R_ALPHA_GPRELLOW, "R_ALPHA_GPRELLOW", 4, GotNeed::table},
    {R_ALPHA_GPREL16, "R_ALPHA_GPREL16", 4, GotNeed::table},
};

constexpr std::uint64_t gp_in_got = 0x8000;
constexpr std::uint64_t SHF_ALPHA_GPREL = 0x10000000; ///< of .sdata, .sbss and .got

/// Whether `value` is the sign extension of its low `bits`.
bool fits(std::uint64_t value, unsigned bits)
{
    const auto upper = static_cast<std::int64_t>(value) >> (bits - 1);
    return upper == 0 || upper == -1;
}
RelocationOutcome ok_if(bool good) { return good ? RelocationOutcome::ok : RelocationOutcome::overflow; }

std::uint32_t insn_at(const RelocationSite& site, std::byte* place) { return load<std::uint32_t>(place, site.order); }
void set_low_half(const RelocationSite& site, std::byte* place, std::uint64_t value)
{
    store(place, site.order, static_cast<std::uint32_t>((insn_at(site, place) & 0xffff0000) | (value & 0xffff)));
}

/// The upper half that, with a sign-extended lower one added, makes `value`.
std::uint64_t high_half(std::uint64_t value) { return (value + 0x8000) >> 16; }
/// What an ldah and an lda can add: not quite 2 GB upwards, as the lower half may take some back.
bool fits_pair(std::uint64_t value) { return fits(value + 0x8000, 32); }

template <class Field> RelocationOutcome store_field(const RelocationSite& site, std::uint64_t value)
{
    store(site.place, site.order, static_cast<Field>(value));
    return ok_if(fits(value, 8 * sizeof(Field)));
}

RelocationOutcome store_low_half(const RelocationSite& site, std::uint64_t value)
{
    set_low_half(site, site.place, value);
    return ok_if(fits(value, 16));
}

/// The ldah at P and the lda at P + A compute gp from P; what their fields hold already counts too.
RelocationOutcome apply_gpdisp(const RelocationSite& site, std::uint64_t GP)
{
    constexpr unsigned op_lda = 0x08, op_ldah = 0x09, insn_bytes = 4;
    const auto at = site.offset + site.A;
    if (site.contents.size() < insn_bytes || at > site.contents.size() - insn_bytes)
        return RelocationOutcome::dangerous;
    auto* const lda = site.contents.data() + at;
    const auto high = insn_at(site, site.place), low = insn_at(site, lda);
    if (high >> 26 != op_ldah || low >> 26 != op_lda) return RelocationOutcome::dangerous;
    const auto addend = std::int64_t{static_cast<std::int16_t>(high)} * 0x10000 + static_cast<std::int16_t>(low);
    const auto value = GP - site.P + static_cast<std::uint64_t>(addend);
    set_low_half(site, site.place, high_half(value));
    set_low_half(site, lda, value);
    return ok_if(fits_pair(value));
}

/// A field of `bits` words relative to the next instruction.
std::uint32_t branch_field(const RelocationSite& site, std::uint64_t distance, std::uint32_t mask)
{
    return (insn_at(site, site.place) & ~mask) | (static_cast<std::uint32_t>(distance >> 2) & mask);
}

RelocationOutcome apply_braddr(const RelocationSite& site, std::uint64_t distance)
{
    constexpr std::uint32_t mask = 0x1fffff;
    if (distance % 4 != 0) return RelocationOutcome::dangerous;
    store(site.place, site.order, branch_field(site, distance, mask));
    return ok_if(fits(distance, 21 + 2));
}

RelocationOutcome apply_hint(const RelocationSite& site, std::uint64_t distance)
{
    constexpr std::uint32_t mask = 0x3fff;
    store(site.place, site.order, branch_field(site, distance, mask));
    return RelocationOutcome::ok;
}

RelocationOutcome apply(const RelocationSite& site, RelocationState&)
{
    const auto S = site.S, A = site.A, P = site.P;
    const auto GP = site.GOT + gp_in_got;
    switch (site.type) {
    case R_ALPHA_NONE:
    case R_ALPHA_LITUSE:
        return RelocationOutcome::ok;
    case R_ALPHA_REFLONG:
        store(site.place, site.order, static_cast<std::uint32_t>(S + A));
        return ok_if(fits(S + A, 32) || (S + A) >> 32 == 0);
    case R_ALPHA_REFQUAD:
        return store_field<std::uint64_t>(site, S + A);
    case R_ALPHA_GPREL32:
        return store_field<std::uint32_t>(site, S + A - GP);
    case R_ALPHA_LITERAL:
        return store_low_half(site, site.GOT + site.G - GP);
    case R_ALPHA_GPDISP:
        return apply_gpdisp(site, GP);
    case R_ALPHA_BRADDR:
        return apply_braddr(site, S + A - (P + 4));
    case R_ALPHA_HINT:
        return apply_hint(site, S + A - (P + 4));
    case R_ALPHA_SREL16:
        return store_field<std::uint16_t>(site, S + A - P);
    case R_ALPHA_SREL32:
        return store_field<std::uint32_t>(site, S + A - P);
    case R_ALPHA_SREL64:
        return store_field<std::uint64_t>(site, S + A - P);
    case R_ALPHA_GPRELHIGH:
        set_low_half(site, site.place, high_half(S + A - GP));
        return ok_if(fits_pair(S + A - GP));
    case R_ALPHA_GPRELLOW:
        set_low_half(site, site.place, S + A - GP);
        return RelocationOutcome::ok;
    case R_ALPHA_GPREL16:
        return store_low_half(site, S + A - GP);
    default:
        return RelocationOutcome::unhandled;
    }
}

} // namespace

const RelocationArch relocation_alpha{.elf_machine = 0x9026,
                                      .word_bytes = 8,
                                      .kinds = kinds,
                                      .apply = apply,
                                      .archdata_section = "",
                                      .gp_in_got = gp_in_got,
                                      .small_data_flag = SHF_ALPHA_GPREL};

} // namespace retromod
