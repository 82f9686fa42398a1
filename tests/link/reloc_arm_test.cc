// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/link/linked.h"

#include <catch2/catch.hpp>

using namespace retromod;
using test::ElfWriter;
using test::Linked;
using test::words;

namespace {

constexpr std::uint32_t base = 0xc2801000, P = base + 4;
enum Type : std::uint32_t { pc24 = 1, abs32 = 2, rel32 = 3, call = 28 };
constexpr std::uint32_t bl = 0xebfffffe; // to itself: an addend of -8

Linked relocated(Type type, std::uint32_t bar, std::uint32_t before)
{
    const auto& arch = *find_arch("arm");
    ElfWriter writer(arch);
    const auto text = writer.text(words(arch, {1, before, 2}));
    writer.relocate(text, 4, type, writer.undefined("bar"));
    return Linked(writer, arch, {base}, {{"bar", bar}});
}

} // namespace

TEST_CASE("R_ARM_ABS32 and _REL32 add to the field", "[link][arm]")
{
    CHECK(relocated(abs32, 0xc0123456, 8).word(".text", 4) == 0xc012345e);
    CHECK(relocated(rel32, 0xc0123456, 8).word(".text", 4) == 0xc012345e - P);
}

TEST_CASE("R_ARM_PC24 counts words from two instructions on", "[link][arm]")
{
    const auto type = GENERATE(pc24, call);
    const auto linked = relocated(type, base + 0x100, bl);
    CHECK(linked.problems.empty());
    CHECK(linked.word(".text", 4) == (0xeb000000 | (0x100 - 4 - 8) / 4));
}

TEST_CASE("an ARM call beyond 32 MB goes through a veneer in .plt", "[link][arm]")
{
    const auto linked = relocated(pc24, 0xc0123454, bl);
    CHECK(linked.problems.empty());
    const auto veneer = linked.address(".plt");
    CHECK(linked.word(".text", 4) == (0xeb000000 | ((veneer - P - 8) / 4 & 0xffffff)));
    CHECK(linked.word(".plt", 0) == 0xe51ff004); // ldr pc,[pc,#-4]
    CHECK(linked.word(".plt", 4) == 0xc0123454);
}

TEST_CASE("an ARM branch to an address that is no multiple of four is dangerous", "[link][arm]")
{
    const auto linked = relocated(pc24, base + 0x102, bl);
    REQUIRE(linked.problems.size() == 1);
    CHECK(linked.problems[0].kind == ProblemKind::relocation_dangerous);
}
