// SPDX-License-Identifier: GPL-2.0-or-later
// ppc, sparc and m68k: one relocation each against a field, its value worked out by the psABI's formula.
#include "tests/link/linked.h"

#include <catch2/catch.hpp>

using namespace retromod;
using test::ElfWriter;
using test::Linked;
using test::words;

namespace {

constexpr std::uint32_t base = 0xd1001000, P = base + 4;

/// One relocation at .text+4.
struct Row {
    const char* arch;
    const char* name;
    std::uint32_t type;
    std::uint32_t bar;
    std::int64_t addend;
    std::uint32_t before, after;
};

Linked relocated(const Row& row, bool imported = true)
{
    const auto& arch = *find_arch(row.arch);
    ElfWriter writer(arch);
    const auto text = writer.text(words(arch, {0x11111111, row.before, 0x22222222}));
    writer.relocate(text, 4, row.type, writer.undefined("bar"), row.addend);
    return Linked(writer, arch, {base}, imported ? std::vector<std::pair<std::string, std::uint64_t>>{{"bar", row.bar}}
                                                 : std::vector<std::pair<std::string, std::uint64_t>>{});
}

constexpr Row stored[] = {
    {"ppc", "R_PPC_ADDR32", 1, 0xc0123456, 8, 0, 0xc012345e},
    {"ppc", "R_PPC_ADDR16_LO", 4, 0xc0129456, 0, 0xaaaabbbb, 0x9456bbbb},
    {"ppc", "R_PPC_ADDR16_HI", 5, 0xc0129456, 0, 0xaaaabbbb, 0xc012bbbb},
    {"ppc", "R_PPC_ADDR16_HA", 6, 0xc0129456, 0, 0xaaaabbbb, 0xc013bbbb},
    {"ppc", "R_PPC_ADDR16_HA", 6, 0xc0121456, 0, 0xaaaabbbb, 0xc012bbbb},
    {"ppc", "R_PPC_REL24", 10, base + 0x100, 0, 0x48000001, 0x480000fd},
    {"ppc", "R_PPC_REL24", 10, base - 0x1000, 0, 0x48000001, 0x4bffeffd},
    {"ppc", "R_PPC_REL14", 11, base + 0x100, 0, 0x41820000, 0x418200fc},
    {"ppc", "R_PPC_REL32", 26, 0xc0123456, -4, 0, 0xc0123456 - 4 - P},
    {"sparc", "R_SPARC_32", 3, 0xf0123456, 8, 0, 0xf012345e},
    {"sparc", "R_SPARC_DISP32", 6, 0xf0123456, 0, 0, 0xf0123456 - P},
    {"sparc", "R_SPARC_WDISP30", 7, 0xf0123458, 0, 0x40000000, 0x40000000 | (0xf0123458 - P) >> 2},
    {"sparc", "R_SPARC_WDISP22", 8, base + 0x100, 0, 0x10800000, 0x1080003f},
    {"sparc", "R_SPARC_HI22", 9, 0xf0123456, 0, 0x03000000, 0x03000000 | 0xf0123456 >> 10},
    {"sparc", "R_SPARC_13", 11, 0xfff, 0, 0x82102000, 0x82102fff},
    {"sparc", "R_SPARC_LO10", 12, 0xf0123456, 0, 0x82106000, 0x82106056},
    {"m68k", "R_68K_32", 1, 0x123456, 8, 0, 0x12345e},
    {"m68k", "R_68K_16", 2, 0xfff0, 4, 0xaaaabbbb, 0xfff4bbbb},
    {"m68k", "R_68K_8", 3, 0x7f, 0, 0xaaaabbbb, 0x7faabbbb},
    {"m68k", "R_68K_PC32", 4, 0x123456, 2, 0, 0x123458 - P},
    {"m68k", "R_68K_PC16", 5, base + 0x100, 0, 0xaaaabbbb, 0x00fcbbbb},
    {"m68k", "R_68K_PC8", 6, base, 0, 0xaaaabbbb, 0xfcaabbbb},
};

constexpr Row out_of_range[] = {
    {"ppc", "R_PPC_REL14", 11, base + 0x8100, 0, 0x41820000, 0},
    {"sparc", "R_SPARC_WDISP22", 8, 0xf0123458, 0, 0x10800000, 0},
    {"sparc", "R_SPARC_13", 11, 0x1000, 0, 0x82102000, 0},
    {"m68k", "R_68K_16", 2, 0x10000, 0, 0, 0},
    {"m68k", "R_68K_8", 3, 0x100, 0, 0, 0},
    {"m68k", "R_68K_PC16", 5, base + 0x9000, 0, 0, 0},
    {"m68k", "R_68K_PC8", 6, base + 0x100, 0, 0, 0},
};

} // namespace

TEST_CASE("relocations of big-endian CPUs store what their formula says, and nothing beside it", "[link][big-endian]")
{
    const auto row = GENERATE(from_range(std::begin(stored), std::end(stored)));
    CAPTURE(row.arch, row.name, row.bar);
    const auto linked = relocated(row);
    CHECK(linked.problems.empty());
    CHECK(linked.word(".text", 4) == row.after);
    CHECK(linked.word(".text", 0) == 0x11111111);
    CHECK(linked.word(".text", 8) == 0x22222222);
}

TEST_CASE("what does not fit a big-endian CPU's field is an overflow by name and place", "[link][big-endian]")
{
    const auto row = GENERATE(from_range(std::begin(out_of_range), std::end(out_of_range)));
    CAPTURE(row.arch, row.name);
    const auto linked = relocated(row);
    REQUIRE(linked.problems.size() == 1);
    CHECK(linked.problems[0].kind == ProblemKind::relocation_overflow);
    CHECK(linked.problems[0].detail == row.name);
    CHECK(linked.problems[0].symbol == "bar");
    CHECK(linked.problems[0].offset == 4);
}

TEST_CASE("a ppc call beyond 32 MB goes through a veneer in .plt; a near one does not", "[link][ppc]")
{
    const auto far = relocated({"ppc", "R_PPC_REL24", 10, 0xc0129456 & ~3u, 0, 0x48000001, 0});
    CHECK(far.problems.empty());
    const auto veneer = far.address(".plt");
    CHECK(far.word(".text", 4) == (0x48000001 | ((veneer - P) & 0x03fffffc)));
    CHECK(far.word(".plt", 0) == 0x3d60c013); // lis r11,0xc013
    CHECK(far.word(".plt", 4) == 0x396b9454); // addi r11,r11,-0x6bac
    CHECK(far.word(".plt", 8) == 0x7d6903a6); // mtctr r11
    CHECK(far.word(".plt", 12) == 0x4e800420); // bctr
    const auto near = relocated({"ppc", "R_PPC_REL24", 10, base + 0x100, 0, 0x48000001, 0});
    CHECK(near.word(".text", 4) == 0x480000fd);
}
