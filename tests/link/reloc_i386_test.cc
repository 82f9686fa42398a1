// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/link/linked.h"

#include <catch2/catch.hpp>

using namespace retromod;
using test::ElfWriter;
using test::Linked;
using test::words;

namespace {

constexpr GuestAddr base{0xc8800000};
constexpr std::uint64_t S = 0xc0123456;
enum : std::uint32_t {
    none = 0,
    abs32 = 1,
    pc32 = 2,
    got32 = 3,
    plt32 = 4,
    glob_dat = 6,
    jmp_slot = 7,
    relative = 8,
    gotoff = 9,
    gotpc = 10
};

/// One relocation of `type` at .text+4 against the kernel's `bar`, with `addend` in the field.
Linked relocated(std::uint32_t type, std::uint32_t addend)
{
    ElfWriter writer;
    const auto text = writer.text(words(i386(), {0, addend, 0}));
    writer.relocate(text, 4, type, writer.undefined("bar"));
    return Linked(writer, i386(), base, {{"bar", S}});
}

} // namespace

TEST_CASE("R_386_32 stores S + A, A taken from the field", "[link][i386]")
{
    const auto linked = relocated(abs32, 0x10);
    CHECK(linked.problems.empty());
    CHECK(linked.word(".text", 4) == S + 0x10);
    CHECK(linked.word(".text", 0) == 0);
    CHECK(linked.word(".text", 8) == 0);
}

TEST_CASE("R_386_PC32 stores S + A - P, A taken from the field", "[link][i386]")
{
    const auto P = base.value + 4;
    CHECK(relocated(pc32, 0xfffffffc).word(".text", 4) == static_cast<std::uint32_t>(S - 4 - P));
    CHECK(relocated(plt32, 0xfffffffc).word(".text", 4) == static_cast<std::uint32_t>(S - 4 - P));
}

TEST_CASE("R_386_NONE changes nothing, even outside its section", "[link][i386]")
{
    CHECK(relocated(none, 0x55).word(".text", 4) == 0x55);
    ElfWriter writer;
    const auto text = writer.text(words(i386(), {7}));
    writer.relocate(text, 100, none, 0);
    CHECK(Linked(writer, i386(), base).problems.empty());
}

TEST_CASE("R_386_GLOB_DAT and R_386_JMP_SLOT store S alone", "[link][i386]")
{
    CHECK(relocated(glob_dat, 0x10).word(".text", 4) == S);
    CHECK(relocated(jmp_slot, 0x10).word(".text", 4) == S);
}

TEST_CASE("R_386_RELATIVE adds the module's base", "[link][i386]")
{
    CHECK(relocated(relative, 0x10).word(".text", 4) == base.value + 0x10);
}

TEST_CASE("R_386_GOT32 makes one .got slot per symbol and stores its offset", "[link][i386]")
{
    ElfWriter writer;
    const auto text = writer.text(words(i386(), {0, 0, 0, 0}));
    const auto bar = writer.undefined("bar");
    const auto baz = writer.undefined("baz");
    writer.relocate(text, 0, got32, bar);
    writer.relocate(text, 4, got32, baz);
    writer.relocate(text, 8, got32, bar);
    const Linked linked(writer, i386(), base, {{"bar", S}, {"baz", 0xc0000000}});
    CHECK(linked.problems.empty());
    CHECK(linked.word(".text", 0) == 0);
    CHECK(linked.word(".text", 4) == 4);
    CHECK(linked.word(".text", 8) == 0);
    CHECK(linked.word(".got", 0) == S);
    CHECK(linked.word(".got", 4) == 0xc0000000);
    CHECK(linked.size == 16 + 8);
}

TEST_CASE("R_386_GOTPC and R_386_GOTOFF count from .got", "[link][i386]")
{
    ElfWriter writer;
    const auto text = writer.text(words(i386(), {2, 0, 0}));
    const auto bar = writer.symbol("bar", text, {.value = 8});
    writer.relocate(text, 0, gotpc, writer.undefined("_GLOBAL_OFFSET_TABLE_"));
    writer.relocate(text, 4, gotoff, bar);
    const Linked linked(writer, i386(), base);
    CHECK(linked.problems.empty());
    const auto got = linked.address(".got");
    CHECK(linked.word(".text", 0) == static_cast<std::uint32_t>(got + 2 - base.value));
    CHECK(linked.word(".text", 4) == static_cast<std::uint32_t>(base.value + 8 - got));
}

TEST_CASE("a relocation type that insmod does not know is named by number, place and symbol", "[link][i386][bad]")
{
    const auto linked = relocated(20, 0); // R_386_16
    REQUIRE(linked.problems.size() == 1);
    CHECK(explain(linked.problems[0], "foo.o") == "foo.o: .text+0x4: relocation type 20 for 'bar' is not handled");
}

TEST_CASE("a field that begins or ends outside its section is refused", "[link][i386][bad]")
{
    for (const std::uint64_t offset : {9u, 12u, 0x80000000u, 0xfffffffeu}) {
        ElfWriter writer;
        const auto text = writer.text(words(i386(), {0, 0, 0}));
        writer.relocate(text, offset, abs32, writer.undefined("bar"));
        const Linked linked(writer, i386(), base, {{"bar", S}});
        CAPTURE(offset);
        REQUIRE(linked.problems.size() == 1);
        CHECK(linked.problems[0].kind == ProblemKind::relocation_outside);
    }
}

TEST_CASE("a relocation of .bss is refused: the file has nothing to patch there", "[link][bad]")
{
    ElfWriter writer;
    const auto bss = writer.bss(0x7fffffff);
    writer.relocate(bss, 4, abs32, writer.undefined("bar"));
    const Linked linked(writer, i386(), base, {{"bar", S}});
    REQUIRE(linked.problems.size() == 1);
    CHECK(linked.problems[0].kind == ProblemKind::relocation_outside);
}

TEST_CASE("relocations of sections that are not loaded are skipped", "[link]")
{
    ElfWriter writer;
    const auto debug = writer.section(".debug_info", words(i386(), {1}), {.flags = 0});
    writer.relocate(debug, 0, 99, writer.undefined("bar"));
    const Linked linked(writer, i386(), base);
    CHECK(linked.problems.empty());
    CHECK(linked.word(".debug_info", 0) == 1);
    CHECK(linked.object->symbols().find("bar")->relocated_as == 99);
}

TEST_CASE("a relocation's symbol index beyond the table is a complaint", "[link][bad]")
{
    ElfWriter writer;
    const auto text = writer.text(words(i386(), {0}));
    writer.relocate(text, 0, abs32, 77);
    const Linked linked(writer, i386(), base);
    REQUIRE(linked.complaints.size() == 1);
    CHECK(linked.complaints[0].kind == ProblemKind::bad_symbol_index);
    CHECK(linked.complaints[0].value == 77);
    CHECK(linked.complaints[0].expected == 1);
}

TEST_CASE("a relocation without symbol needs no symbol table entry", "[link][bad]")
{
    ElfWriter writer;
    const auto text = writer.text(words(i386(), {5}));
    writer.relocate(text, 0, relative, 0);
    auto bytes = writer.bytes();
    const auto headers = load<std::uint32_t>(bytes.data() + 32, ByteOrder::little);
    const auto symtab = ElfFile::open(bytes)->find_section(".symtab")->index;
    store<std::uint32_t>(bytes.data() + headers + symtab * 40 + 20, ByteOrder::little, 0); // sh_size
    const auto elf = ElfFile::open(bytes);
    std::vector<Problem> complaints;
    const auto object = Object::load(*elf, i386(), complaints);
    REQUIRE(object);
    CHECK(complaints.empty());
    CHECK(object->relocations().size() == 1);
}
