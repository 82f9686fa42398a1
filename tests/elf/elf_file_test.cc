// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/elf/elf_file.h"
#include "loader/elf/modinfo.h"
#include "tests/elf/elf_writer.h"

#include <catch2/catch.hpp>

using namespace retromod;
using test::ElfWriter;

namespace {

/// A small module of every kind of section that modules have.
std::vector<std::byte> sample(const Arch& arch)
{
    ElfWriter writer(arch);
    const auto text = writer.text(std::vector<std::uint8_t>(16));
    writer.bss(32);
    writer.modinfo({"kernel_version=2.4.20", "license=GPL"});
    writer.symbol("", text, {.binding = elf::stb_local, .type = elf::stt_section});
    writer.symbol("init_module", text, {.value = 4, .size = 8, .type = elf::stt_func});
    const auto printk = writer.undefined("printk");
    writer.relocate(text, 5, 1, printk, -4);
    return writer.bytes();
}

/// Reads everything that an ElfFile can hand out; the first problem, if any.
std::optional<Problem> read_all(std::span<const std::byte> bytes)
{
    const auto file = ElfFile::open(bytes);
    if (!file) return file.problem();
    for (const auto& section : file->sections()) {
        if (section.type == elf::sht_symtab)
            if (const auto symbols = file->symbols(section); !symbols) return symbols.problem();
        if (section.type == elf::sht_rel || section.type == elf::sht_rela)
            if (const auto relocations = file->relocations(section); !relocations) return relocations.problem();
    }
    Modinfo modinfo(*file);
    return std::nullopt;
}

/// Overwrites a field of the file header, by its offset in a 32-bit little-endian file.
std::vector<std::byte> with_field(std::vector<std::byte> bytes, std::size_t offset, unsigned size, std::uint64_t value)
{
    store_unsigned(bytes.data() + offset, size, ByteOrder::little, value);
    return bytes;
}

constexpr std::size_t e_type = 16, e_shoff = 32, e_shentsize = 46, e_shnum = 48, e_shstrndx = 50;

} // namespace

TEST_CASE("sections, symbols and relocations are read in both word sizes and byte orders", "[elf]")
{
    for (const auto* name : {"i386", "mips", "mipsel", "ppc", "alpha", "sparc", "x86_64"}) {
        CAPTURE(name);
        const auto& arch = *find_arch(name);
        const auto bytes = sample(arch);
        const auto file = ElfFile::open(bytes);
        REQUIRE(file);
        CHECK(file->header().arch() == &arch);
        const auto* text = file->find_section(".text");
        REQUIRE(text);
        CHECK(text->size == 16);
        CHECK(text->alignment == 4);
        const auto* bss = file->find_section(".bss");
        REQUIRE(bss);
        CHECK(bss->size == 32);
        CHECK(bss->contents.empty());

        const auto symbols = file->symbols(*file->find_section(".symtab"));
        REQUIRE(symbols);
        REQUIRE(symbols->size() == 4);
        CHECK((*symbols)[1].name == ".text");
        CHECK((*symbols)[2].name == "init_module");
        CHECK((*symbols)[2].value == 4);
        CHECK((*symbols)[2].type == elf::stt_func);
        CHECK((*symbols)[3].section == elf::shn_undef);

        const bool rela = arch.relocation_form == RelocationForm::rela;
        const auto relocations = file->relocations(*file->find_section(rela ? ".rela.text" : ".rel.text"));
        REQUIRE(relocations);
        REQUIRE(relocations->size() == 1);
        CHECK((*relocations)[0].offset == 5);
        CHECK((*relocations)[0].type == 1);
        CHECK((*relocations)[0].symbol == 3);
        CHECK((*relocations)[0].addend == (rela ? -4 : 0));
    }
}

TEST_CASE("a file cut off at any byte is refused, or lacks nothing that is read", "[elf][bad]")
{
    for (const auto* name : {"i386", "mips", "alpha"}) {
        const auto bytes = sample(*find_arch(name));
        for (std::size_t length = 0; length < bytes.size(); ++length) {
            const std::vector<std::byte> cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length));
            CAPTURE(name, length);
            REQUIRE(read_all(cut));
        }
        CHECK_FALSE(read_all(bytes));
    }
}

TEST_CASE("every byte of the headers may be anything without harm", "[elf][bad]")
{
    const auto bytes = sample(i386());
    std::size_t refused = 0;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        for (const auto value : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
            auto changed = bytes;
            changed[at] = static_cast<std::byte>(value);
            refused += read_all(changed).has_value();
        }
    }
    CHECK(refused > 200);
}

TEST_CASE("each fault of a file header has its own problem", "[elf][bad]")
{
    const auto bytes = sample(i386());
    const auto kind = [](const std::vector<std::byte>& file) { return ElfFile::open(file).problem().kind; };

    CHECK(kind({}) == ProblemKind::truncated_header);
    CHECK(kind(std::vector<std::byte>(1000, std::byte{'x'})) == ProblemKind::not_elf);
    CHECK(kind(with_field(bytes, 4, 1, 3)) == ProblemKind::unknown_architecture);
    CHECK(kind(with_field(bytes, e_type, 2, 2)) == ProblemKind::not_relocatable);
    CHECK(kind(with_field(bytes, e_shentsize, 2, 41)) == ProblemKind::section_header_size);
    CHECK(kind(with_field(bytes, e_shoff, 4, 0xfffffff0)) == ProblemKind::section_headers_outside);
    CHECK(kind(with_field(bytes, e_shnum, 2, 0xfe00)) == ProblemKind::section_headers_outside);
    CHECK(kind(with_field(bytes, e_shnum, 2, 0xffff)) == ProblemKind::too_many_sections);
    CHECK(kind(with_field(bytes, e_shstrndx, 2, 0xfff1)) == ProblemKind::names_section_missing);
}

TEST_CASE("a section's size, name and table are held against the file", "[elf][bad]")
{
    const auto bytes = sample(i386());
    const auto headers = load<std::uint32_t>(bytes.data() + e_shoff, ByteOrder::little);
    const auto header_field = [&](std::size_t section, std::size_t field) { return headers + section * 40 + field; };
    constexpr std::size_t sh_name = 0, sh_size = 20, sh_link = 24, sh_entsize = 36;
    const auto file = ElfFile::open(bytes);
    const auto symtab = file->find_section(".symtab")->index;
    const auto names = file->find_section(".shstrtab")->index;

    CHECK(read_all(with_field(bytes, header_field(1, sh_size), 4, 0xffffffff))->kind ==
          ProblemKind::section_outside_file);
    CHECK(read_all(with_field(bytes, header_field(1, sh_name), 4, 0x7fffffff))->kind ==
          ProblemKind::name_outside_table);
    CHECK(
        read_all(with_field(bytes, header_field(names, sh_size), 4, file->find_section(".shstrtab")->size - 1))->kind ==
        ProblemKind::name_unterminated);
    CHECK(read_all(with_field(bytes, header_field(symtab, sh_entsize), 4, 15))->kind == ProblemKind::symbol_size);
    CHECK(read_all(with_field(bytes, header_field(symtab, sh_link), 4, 1))->kind == ProblemKind::bad_link);
    CHECK(read_all(with_field(bytes, header_field(symtab, sh_link), 4, 0xffffffff))->kind == ProblemKind::bad_link);
    const auto rel = file->find_section(".rel.text")->index;
    CHECK(read_all(with_field(bytes, header_field(rel, sh_entsize), 4, 12))->kind == ProblemKind::relocation_size);
    const auto st_shndx = file->find_section(".symtab")->file_offset + 16 + 14;
    CHECK(read_all(with_field(bytes, st_shndx, 2, 0x1000))->kind == ProblemKind::bad_section_index);
}

TEST_CASE("sections that all claim the whole file are refused", "[elf][bad]")
{
    ElfWriter writer;
    for (int i = 0; i < 20; ++i) writer.section(".s" + std::to_string(i), std::vector<std::uint8_t>(100), {});
    auto bytes = writer.bytes();
    const auto headers = load<std::uint32_t>(bytes.data() + e_shoff, ByteOrder::little);
    for (std::uint32_t i = 1; i <= 20; ++i) {
        store<std::uint32_t>(bytes.data() + headers + i * 40 + 16, ByteOrder::little, 0);
        store<std::uint32_t>(bytes.data() + headers + i * 40 + 20, ByteOrder::little,
                             static_cast<std::uint32_t>(bytes.size()));
    }
    const auto file = ElfFile::open(bytes);
    REQUIRE_FALSE(file);
    CHECK(file.problem().kind == ProblemKind::sections_overlap);
}

TEST_CASE("a problem explains itself with file, place and value", "[elf][bad]")
{
    const auto bytes = with_field(sample(i386()), e_type, 2, 2);
    CHECK(explain(ElfFile::open(bytes).problem(), "foo.o") == "foo.o: is no relocatable object: e_type is 2, not 1");
    const Problem range{.kind = ProblemKind::relocation_overflow,
                        .where = ".text",
                        .offset = 0x1c,
                        .symbol = "bar",
                        .detail = "R_MIPS_26"};
    CHECK(explain(range, "foo.o") == "foo.o: R_MIPS_26 in .text+0x1c: 'bar' is out of range");
}
