// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/link/linked.h"

#include <catch2/catch.hpp>

using namespace retromod;
using test::ElfWriter;
using test::Linked;
using test::words;

namespace {

constexpr GuestAddr base{0xfffffe0000000000};
constexpr std::uint64_t near_symbol = base.value + 0x12345678, far_symbol = 0xfffffc0000310000;
enum : std::uint32_t {
    none = 0,
    reflong = 1,
    refquad = 2,
    gprel32 = 3,
    literal = 4,
    lituse = 5,
    gpdisp = 6,
    braddr = 7,
    hint = 8,
    srel16 = 9,
    srel32 = 10,
    srel64 = 11,
    gprelhigh = 17,
    gprellow = 18,
    gprel16 = 19
};
constexpr std::uint32_t ldah = 0x09 << 26, lda = 0x08 << 26, bsr = 0x34u << 26, jsr = 0x1a << 26;

const Arch& alpha() { return *find_arch("alpha"); }

/// One relocation of `type` at .text+8, whose field holds `insn`, against the kernel's `bar`.
Linked relocated(std::uint32_t type, std::int64_t addend, std::uint64_t S, std::uint32_t insn = 0)
{
    ElfWriter writer(alpha());
    std::vector<std::uint8_t> text(32);
    store(reinterpret_cast<std::byte*>(text.data()) + 8, ByteOrder::little, insn);
    const auto section = writer.text(text);
    writer.relocate(section, 8, type, writer.undefined("bar"), addend);
    return Linked(writer, alpha(), base, {{"bar", S}});
}
std::uint64_t quad(const Linked& linked, std::string_view section, std::uint64_t offset)
{
    return linked.word(section, offset) | std::uint64_t{linked.word(section, offset + 4)} << 32;
}
std::uint64_t gp_of(const Linked& linked) { return linked.address(".got") + 0x8000; }

/// What an ldah and an lda with these words add up to.
std::uint64_t pair_value(std::uint32_t high, std::uint32_t low)
{
    const auto value = std::int64_t{static_cast<std::int16_t>(high)} * 65536 + static_cast<std::int16_t>(low);
    return static_cast<std::uint64_t>(value);
}

} // namespace

TEST_CASE("R_ALPHA_REFQUAD and R_ALPHA_SREL64 store S + A and S + A - P", "[link][alpha]")
{
    auto linked = relocated(refquad, 0x10, far_symbol);
    CHECK(linked.problems.empty());
    CHECK(quad(linked, ".text", 8) == far_symbol + 0x10);
    linked = relocated(srel64, -4, far_symbol);
    CHECK(linked.problems.empty());
    CHECK(quad(linked, ".text", 8) == far_symbol - 4 - (base.value + 8));
}

TEST_CASE("R_ALPHA_SREL32, R_ALPHA_SREL16 and R_ALPHA_GPREL32 refuse what their fields cannot hold", "[link][alpha]")
{
    CHECK(relocated(srel32, 0, near_symbol).word(".text", 8) == 0x12345678 - 8);
    CHECK(relocated(srel32, 0, near_symbol).problems.empty());
    CHECK(relocated(srel32, 0, base.value + 0x80000008).problems.at(0).kind == ProblemKind::relocation_overflow);
    CHECK(relocated(srel32, 0, base.value + 0x80000007).problems.empty());
    CHECK(relocated(srel16, 0, base.value + 0x7fff + 8).problems.empty());
    CHECK(relocated(srel16, 0, base.value + 0x8000 + 8).problems.at(0).kind == ProblemKind::relocation_overflow);
    const auto linked = relocated(gprel32, 4, near_symbol);
    CHECK(linked.problems.empty());
    CHECK(linked.word(".text", 8) == static_cast<std::uint32_t>(near_symbol + 4 - gp_of(linked)));
    const auto out = relocated(gprel32, 0, far_symbol);
    REQUIRE(out.problems.size() == 1);
    CHECK(out.problems[0].kind == ProblemKind::relocation_overflow);
    CHECK(out.problems[0].where == ".text");
    CHECK(out.problems[0].offset == 8);
    CHECK(out.problems[0].symbol == "bar");
    CHECK(out.problems[0].detail == "R_ALPHA_GPREL32");
}

TEST_CASE("R_ALPHA_REFLONG takes 32-bit values of either sign", "[link][alpha]")
{
    CHECK(relocated(reflong, 1, 0xfffffffe).problems.empty());
    CHECK(relocated(reflong, 0, 0xffffffff80000000).problems.empty());
    CHECK(relocated(reflong, 0, far_symbol).problems.at(0).kind == ProblemKind::relocation_overflow);
}

TEST_CASE("R_ALPHA_LITERAL loads from a slot of its own for each symbol and addend", "[link][alpha]")
{
    ElfWriter writer(alpha());
    const auto text = writer.text(words(alpha(), {0xa4200000, 0xa4400000, 0xa4600000, 0xa4800000}));
    const auto bar = writer.undefined("bar"), other = writer.undefined("other");
    writer.relocate(text, 0, literal, bar);
    writer.relocate(text, 4, literal, other);
    writer.relocate(text, 8, literal, bar, 0x18);
    writer.relocate(text, 12, literal, bar);
    const Linked linked(writer, alpha(), base, {{"bar", far_symbol}, {"other", near_symbol}});
    REQUIRE(linked.problems.empty());
    CHECK(quad(linked, ".got", 0) == far_symbol);
    CHECK(quad(linked, ".got", 8) == near_symbol);
    CHECK(quad(linked, ".got", 16) == far_symbol + 0x18);
    CHECK(linked.word(".text", 0) == 0xa4208000);
    CHECK(linked.word(".text", 4) == 0xa4408008);
    CHECK(linked.word(".text", 8) == 0xa4608010);
    CHECK(linked.word(".text", 12) == 0xa4808000);
}

TEST_CASE("R_ALPHA_LITERAL reaches 8,192 slots and refuses the next", "[link][alpha]")
{
    constexpr std::uint32_t slots = 8192;
    ElfWriter writer(alpha());
    const auto text = writer.text(std::vector<std::uint8_t>(4 * (slots + 1)));
    const auto bar = writer.undefined("bar");
    for (std::uint32_t slot = 0; slot <= slots; ++slot)
        writer.relocate(text, 4 * slot, literal, bar, slot);
    const Linked linked(writer, alpha(), base, {{"bar", far_symbol}});
    REQUIRE(linked.problems.size() == 1);
    CHECK(linked.problems[0].kind == ProblemKind::relocation_overflow);
    CHECK(linked.problems[0].offset == 4 * slots);
    CHECK(linked.word(".text", 4 * (slots - 1)) == 0x7ff8);
}

TEST_CASE("R_ALPHA_GPDISP makes its pair compute gp from its own address, whatever the fields held", "[link][alpha]")
{
    const auto initial = GENERATE(0u, 8u, 0xfff0u);
    ElfWriter writer(alpha());
    const auto text = writer.text(words(alpha(), {ldah | 0x03bb0000u, 0, lda | 0x03bd0000u | initial}));
    writer.relocate(text, 0, gpdisp, 0, 8);
    const Linked linked(writer, alpha(), base);
    REQUIRE(linked.problems.empty());
    const auto high = linked.word(".text", 0), low = linked.word(".text", 8);
    CHECK(high >> 16 == (ldah | 0x03bb0000u) >> 16);
    const auto before = static_cast<std::uint64_t>(std::int64_t{static_cast<std::int16_t>(initial)});
    CHECK(linked.address(".text") + pair_value(high, low) == gp_of(linked) + before);
}

TEST_CASE("R_ALPHA_GPDISP that names no pair is dangerous", "[link][alpha]")
{
    const auto addend =
        GENERATE(std::int64_t{4}, std::int64_t{12}, std::int64_t{-4}, std::int64_t{1} << 40, std::int64_t{-1} << 62);
    ElfWriter writer(alpha());
    const auto text = writer.text(words(alpha(), {ldah, 0, lda}));
    writer.relocate(text, 0, gpdisp, 0, addend);
    const Linked linked(writer, alpha(), base);
    REQUIRE(linked.problems.size() == 1);
    CHECK(linked.problems[0].kind == ProblemKind::relocation_dangerous);
}

TEST_CASE("R_ALPHA_GPRELHIGH and R_ALPHA_GPRELLOW add up to S + A - gp", "[link][alpha]")
{
    for (const auto S : {near_symbol, base.value + 0x8000, base.value + 0x17fff, base.value}) {
        const auto high = relocated(gprelhigh, 2, S, ldah), low = relocated(gprellow, 2, S, lda);
        CHECK(high.problems.empty());
        CHECK(low.problems.empty());
        CHECK(gp_of(high) + pair_value(high.word(".text", 8), low.word(".text", 8)) == S + 2);
    }
    CHECK(relocated(gprelhigh, 0, far_symbol, ldah).problems.at(0).kind == ProblemKind::relocation_overflow);
}

TEST_CASE("R_ALPHA_GPREL16 reaches 32 KB around gp", "[link][alpha]")
{
    const auto gp = gp_of(relocated(gprel16, 0, base.value + 0x1000, lda));
    CHECK(relocated(gprel16, 0, gp + 0x7fff, lda).word(".text", 8) == (lda | 0x7fff));
    CHECK(relocated(gprel16, 0, gp - 0x8000, lda).word(".text", 8) == (lda | 0x8000));
    CHECK(relocated(gprel16, 0, gp + 0x8000, lda).problems.at(0).kind == ProblemKind::relocation_overflow);
}

TEST_CASE("R_ALPHA_BRADDR counts words from the next instruction, 4 MB either way", "[link][alpha]")
{
    const auto P = base.value + 8;
    CHECK(relocated(braddr, 0, P + 4 + 0x100, bsr).word(".text", 8) == (bsr | 0x40));
    CHECK(relocated(braddr, 0, P, bsr).word(".text", 8) == (bsr | 0x1fffff));
    CHECK(relocated(braddr, 0, P + 4 + 0x3ffffc, bsr).problems.empty());
    CHECK(relocated(braddr, 0, P + 4 + 0x400000, bsr).problems.at(0).kind == ProblemKind::relocation_overflow);
    CHECK(relocated(braddr, 0, P + 4 - 0x400000, bsr).problems.empty());
    CHECK(relocated(braddr, 0, P + 6, bsr).problems.at(0).kind == ProblemKind::relocation_dangerous);
}

TEST_CASE("R_ALPHA_HINT fills 14 bits and never fails, R_ALPHA_LITUSE and R_ALPHA_NONE change nothing", "[link][alpha]")
{
    const auto P = base.value + 8;
    CHECK(relocated(hint, 0, P + 4 + 0x10, jsr | 0x4000).word(".text", 8) == (jsr | 0x4004));
    CHECK(relocated(hint, 0, far_symbol, jsr | 0x4000).problems.empty());
    CHECK(relocated(lituse, 3, far_symbol, jsr).word(".text", 8) == jsr);
    CHECK(relocated(none, 3, far_symbol, jsr).word(".text", 8) == jsr);
}

TEST_CASE("every Alpha module has a .got, so that its gp lies 32 KB behind something of its own", "[link][alpha]")
{
    ElfWriter writer(alpha());
    writer.text(words(alpha(), {0}));
    const Linked linked(writer, alpha(), base);
    CHECK(linked.object->find_section(".got"));
    CHECK(linked.address(".got") - base.value <= linked.size);
}
