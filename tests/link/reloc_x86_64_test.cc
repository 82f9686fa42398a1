// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/link/linked.h"

#include <catch2/catch.hpp>

using namespace retromod;
using test::ElfWriter;
using test::Linked;
using test::words;

namespace {

constexpr GuestAddr base{0xffffffffc0001000};
constexpr std::uint64_t S = 0xffffffff81234560, P = base.value + 8;
enum Type : std::uint32_t { none = 0, abs64 = 1, pc32 = 2, plt32 = 4, abs32 = 10, abs32s = 11, pc64 = 24 };

const Arch& x86_64() { return *find_arch("x86_64"); }

/// One relocation of `type` at .text+8 against the kernel's `bar`, with `before` in the field.
Linked relocated(std::uint32_t type, std::int64_t addend, std::uint64_t bar = S, std::uint32_t before = 0)
{
    ElfWriter writer(x86_64());
    const auto text = writer.text(words(x86_64(), {1, 2, before, 0, 5, 6}));
    writer.relocate(text, 8, type, writer.undefined("bar"), addend);
    return Linked(writer, x86_64(), base, {{"bar", bar}});
}

std::uint64_t field(const Linked& linked)
{
    return std::uint64_t{linked.word(".text", 12)} << 32 | linked.word(".text", 8);
}

} // namespace

TEST_CASE("R_X86_64_64 and _PC64 store all 64 bits", "[link][x86_64]")
{
    CHECK(relocated(abs64, 0x10).problems.empty());
    CHECK(field(relocated(abs64, 0x10)) == S + 0x10);
    CHECK(field(relocated(pc64, -4)) == S - 4 - P);
    CHECK(relocated(abs64, 0x10).word(".text", 16) == 5);
}

TEST_CASE("R_X86_64_PC32 and _PLT32 store S + A - P in 32 bits", "[link][x86_64]")
{
    const auto type = GENERATE(pc32, plt32);
    const auto linked = relocated(type, -4);
    CHECK(linked.problems.empty());
    CHECK(field(linked) == static_cast<std::uint32_t>(S - 4 - P));
}

TEST_CASE("R_X86_64_32S takes kernel addresses, R_X86_64_32 the lowest 4 GB", "[link][x86_64]")
{
    CHECK(relocated(abs32s, 0).problems.empty());
    CHECK(field(relocated(abs32s, 0)) == static_cast<std::uint32_t>(S));
    CHECK(relocated(abs32, 0, 0xfffffff0).problems.empty());
    CHECK(field(relocated(abs32, 8, 0xfffffff0)) == 0xfffffff8);
}

TEST_CASE("what does not fit on x86-64 is named with its place, and stored as far as it goes", "[link][x86_64]")
{
    struct Row {
        std::uint32_t type;
        std::uint64_t bar;
    };
    const auto row = GENERATE(Row{abs32, S}, Row{abs32, 0x100000000}, Row{abs32s, 0x80000000}, Row{abs32s, 0xffff888000000000},
                              Row{pc32, 0x80000000}, Row{plt32, 0xffff888000000000});
    const auto linked = relocated(row.type, 0, row.bar);
    REQUIRE(linked.problems.size() == 1);
    CHECK(linked.problems[0].kind == ProblemKind::relocation_overflow);
    CHECK(linked.problems[0].type == row.type);
    CHECK(linked.problems[0].where == ".text");
    CHECK(linked.problems[0].offset == 8);
    CHECK(linked.problems[0].value == row.bar);
    CHECK(linked.word(".text", 12) == 0);
    const bool relative = row.type == pc32 || row.type == plt32;
    CHECK(linked.word(".text", 8) == static_cast<std::uint32_t>(relative ? row.bar - P : row.bar));
}

TEST_CASE("a field that is not zero is left alone and reported, as the kernel's loader does", "[link][x86_64]")
{
    const auto type = GENERATE(abs64, pc32, plt32, abs32, abs32s, pc64);
    const auto linked = relocated(type, 0, type == abs32 ? 0x1000 : S, 7);
    REQUIRE(linked.problems.size() == 1);
    CHECK(linked.problems[0].kind == ProblemKind::relocation_place_not_zero);
    CHECK(linked.problems[0].type == type);
    CHECK(field(linked) == 7);
}

TEST_CASE("R_X86_64_NONE changes nothing; a type of shared objects is not handled", "[link][x86_64]")
{
    CHECK(field(relocated(none, 5, S, 9)) == 9);
    const auto linked = relocated(9 /* R_X86_64_GOTPCREL */, 0);
    REQUIRE(linked.problems.size() == 1);
    CHECK(linked.problems[0].kind == ProblemKind::relocation_unhandled);
}
