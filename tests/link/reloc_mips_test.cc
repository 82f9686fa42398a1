// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/link/linked.h"

#include <catch2/catch.hpp>

using namespace retromod;
using test::ElfWriter;
using test::Linked;
using test::words;

namespace {

constexpr GuestAddr base{0x90000000};
enum : std::uint32_t { none = 0, abs32 = 2, jump26 = 4, hi16 = 5, lo16 = 6 };

constexpr std::uint32_t lui = 0x3c020000;   // lui v0, 0
constexpr std::uint32_t addiu = 0x24420000; // addiu v0, v0, 0
constexpr std::uint32_t jal = 0x0c000000;
constexpr std::uint32_t jump = 0x08000000;  // j

struct Entry {
    std::uint64_t offset;
    std::uint32_t type;
    std::string symbol;
};

Linked relocated(const Arch& arch, const std::vector<std::uint32_t>& code, const std::vector<Entry>& entries,
                 const std::vector<std::pair<std::string, std::uint64_t>>& kernel, GuestAddr at = base)
{
    ElfWriter writer(arch);
    const auto text = writer.text(words(arch, code));
    for (const auto& entry : entries) writer.relocate(text, entry.offset, entry.type, writer.undefined(entry.symbol));
    return Linked(writer, arch, at, kernel);
}

const Arch& mips(const char* name)
{
    return *find_arch(name);
}

} // namespace

TEST_CASE("R_MIPS_HI16 and R_MIPS_LO16 make S + A, the upper half raised when the lower is negative", "[link][mips]")
{
    for (const auto* name : {"mips", "mipsel"}) {
        CAPTURE(name);
        const auto plain = relocated(mips(name), {lui, addiu}, {{0, hi16, "x"}, {4, lo16, "x"}}, {{"x", 0x80123456}});
        CHECK(plain.problems.empty());
        CHECK(plain.word(".text", 0) == (lui | 0x8012));
        CHECK(plain.word(".text", 4) == (addiu | 0x3456));

        const auto raised = relocated(mips(name), {lui, addiu}, {{0, hi16, "x"}, {4, lo16, "x"}}, {{"x", 0x8012f000}});
        CHECK(raised.word(".text", 0) == (lui | 0x8013));
        CHECK(raised.word(".text", 4) == (addiu | 0xf000));
    }
}

TEST_CASE("the addend of a pair is both fields together, the lower one signed", "[link][mips]")
{
    // A = 0x00020000 - 4
    const auto linked =
        relocated(mips("mips"), {lui | 2, addiu | 0xfffc}, {{0, hi16, "x"}, {4, lo16, "x"}}, {{"x", 0x80000004}});
    CHECK(linked.word(".text", 0) == (lui | 0x8002));
    CHECK(linked.word(".text", 4) == (addiu | 0x0000));
}

TEST_CASE("several R_MIPS_HI16 share the R_MIPS_LO16 that follows, and more R_MIPS_LO16 may follow", "[link][mips]")
{
    const auto linked =
        relocated(mips("mipsel"), {lui, lui, addiu | 0x8000, addiu | 0x8004},
                  {{0, hi16, "x"}, {4, hi16, "x"}, {8, lo16, "x"}, {12, lo16, "x"}}, {{"x", 0x80120000}});
    CHECK(linked.problems.empty());
    CHECK(linked.word(".text", 0) == (lui | 0x8012));
    CHECK(linked.word(".text", 4) == (lui | 0x8012));
    CHECK(linked.word(".text", 8) == (addiu | 0x8000));
    CHECK(linked.word(".text", 12) == (addiu | 0x8004));
}

TEST_CASE("an R_MIPS_HI16 without its R_MIPS_LO16 is refused", "[link][mips][bad]")
{
    const auto alone = relocated(mips("mips"), {lui, addiu}, {{0, hi16, "x"}}, {{"x", 0x80123456}});
    REQUIRE(alone.problems.size() == 1);
    CHECK(explain(alone.problems[0], "wl.o") == "wl.o: R_MIPS_HI16 in .text+0x0: 'x' has no matching low half");

    const auto other =
        relocated(mips("mips"), {lui, addiu}, {{0, hi16, "x"}, {4, lo16, "y"}}, {{"x", 0x80123456}, {"y", 0x80200000}});
    REQUIRE(other.problems.size() == 1);
    CHECK(other.problems[0].kind == ProblemKind::relocation_unpaired);
    CHECK(other.word(".text", 4) == addiu);
}

TEST_CASE("R_MIPS_26 stores bits 2 to 27 of the target", "[link][mips]")
{
    for (const auto* name : {"mips", "mipsel"}) {
        const auto linked = relocated(mips(name), {jal | 2}, {{0, jump26, "x"}}, {{"x", 0x90000100}});
        CHECK(linked.problems.empty());
        CHECK(linked.word(".text", 0) == (jal | ((0x90000108 >> 2) & 0x03ffffff)));
    }
}

TEST_CASE("R_MIPS_26 to the kernel out of its 256 MB goes through a veneer in .plt", "[link][mips]")
{
    for (const auto* name : {"mips", "mipsel"}) {
        CAPTURE(name);
        const auto linked = relocated(mips(name), {0, jal, jump, jal},
                                      {{4, jump26, "printk"}, {8, jump26, "printk"}, {12, jump26, "kfree"}},
                                      {{"printk", 0x8010fedc}, {"kfree", 0x80200000}});
        CHECK(linked.problems.empty());
        const auto plt = linked.address(".plt");
        CHECK(linked.object->section(*linked.object->find_section(".plt")).size == 32); // one for each symbol
        CHECK(linked.word(".text", 4) == (jal | (plt >> 2 & 0x03ffffff)));
        CHECK(linked.word(".text", 8) == (jump | (plt >> 2 & 0x03ffffff)));
        CHECK(linked.word(".text", 12) == (jal | ((plt + 16) >> 2 & 0x03ffffff)));
        CHECK(linked.word(".plt", 0) == 0x3c018010); // lui $at,0x8010
        CHECK(linked.word(".plt", 4) == 0x3421fedc); // ori $at,$at,0xfedc: no carry into the upper half
        CHECK(linked.word(".plt", 8) == 0x00200008); // jr $at
        CHECK(linked.word(".plt", 12) == 0);
    }
}

TEST_CASE("the 256 MB of R_MIPS_26 are those of the delay slot, also where the jump is the last word before them",
          "[link][mips]")
{
    // The delay slot is the first word of the next 256 MB, where .plt lies, too.
    const auto at_end = relocated(mips("mips"), {jal, 0}, {{0, jump26, "x"}}, {{"x", 0x9ffffff0}}, {0x8ffffffc});
    CHECK(at_end.problems.empty());
    CHECK(at_end.word(".text", 0) == (jal | (0x9ffffff0 >> 2 & 0x03ffffff)));
    const auto before = relocated(mips("mips"), {jal, 0}, {{0, jump26, "x"}}, {{"x", 0x8ffffff0}}, {0x8ffffffc});
    CHECK(before.problems.empty());
    CHECK(before.word(".text", 0) == (jal | (before.address(".plt") >> 2 & 0x03ffffff)));
    const auto one_earlier = relocated(mips("mips"), {jal, 0}, {{0, jump26, "x"}}, {{"x", 0x8ffffff0}}, {0x8ffffff8});
    CHECK(one_earlier.problems.empty());
    CHECK(one_earlier.word(".text", 0) == (jal | (0x8ffffff0 >> 2 & 0x03ffffff)));
}

TEST_CASE("R_MIPS_26 out of its 256 MB is refused by name and place where a veneer cannot help", "[link][mips][bad]")
{
    const auto with_addend = relocated(mips("mipsel"), {0, jal | 2}, {{4, jump26, "printk"}}, {{"printk", 0x80100000}});
    REQUIRE(with_addend.problems.size() == 1);
    CHECK(explain(with_addend.problems[0], "wl.o") == "wl.o: R_MIPS_26 in .text+0x4: 'printk' is out of range");
    CHECK(with_addend.word(".text", 4) == (jal | 2));

    // The module lies across a border: its veneer is on the other side.
    const auto across = relocated(mips("mips"), {jal, 0}, {{0, jump26, "x"}}, {{"x", 0xb0000000}}, {0x8ffffff8});
    REQUIRE(across.problems.size() == 1);
    CHECK(across.problems[0].kind == ProblemKind::relocation_overflow);

    ElfWriter writer(mips("mips"));
    const auto text = writer.text(words(mips("mips"), {jal, 0, 0, 0}));
    writer.relocate(text, 0, jump26, writer.symbol("own", text, {.value = 8}));
    const Linked own(writer, mips("mips"), {0x8ffffff8});
    REQUIRE(own.problems.size() == 1); // its own functions need no veneer, as no machine has modules across a border
    CHECK(own.problems[0].kind == ProblemKind::relocation_overflow);
}

TEST_CASE("R_MIPS_26 to an odd address is dangerous", "[link][mips][bad]")
{
    const auto linked = relocated(mips("mipsel"), {jal}, {{0, jump26, "x"}}, {{"x", 0x90000102}});
    REQUIRE(linked.problems.size() == 1);
    CHECK(linked.problems[0].kind == ProblemKind::relocation_dangerous);
}

TEST_CASE("R_MIPS_32 stores S + A in the module's byte order", "[link][mips]")
{
    const auto big = relocated(mips("mips"), {5}, {{0, abs32, "x"}}, {{"x", 0x80123456}});
    CHECK(big.word(".text", 0) == 0x8012345b);
    const auto& text = big.object->section(*big.object->find_section(".text"));
    CHECK(std::to_integer<int>(text.contents()[0]) == 0x80);
}
