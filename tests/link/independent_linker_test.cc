// SPDX-License-Identifier: GPL-2.0-or-later
// Our relocations against those of each architecture's own linker: the same objects, the same placement, byte for byte.
#include "loader/link/relocate.h"
#include "loader/link/relocation.h"
#include "tests/link/cross_linker.h"

#include <catch2/catch.hpp>

#include <iostream>
#include <random>

using namespace retromod;
using test::CrossLinker;

namespace {

// An architecture is a row. The assembled source, which uses each relocation type, is tests/link/assembled/ARCH.s;
// the samples are the objects that are kept of it.
constexpr CrossLinker linkers[] = {
    {"i386", "i686-linux-gnu-", "--32 -mrelax-relocations=no", "-m elf_i386", ".got.plt", 0xc0800000, 0xfe000000},
    {"mipsel", "mipsel-linux-gnu-", "-mabi=32 -mips2 -mno-shared -G0", "-m elf32ltsmip", ".got", 0x90000000, 0x9fe00000},
    {"mips", "mips-linux-gnu-", "-mabi=32 -mips2 -mno-shared -G0", "-m elf32btsmip", ".got", 0x90000000, 0x9fe00000},
    {"alpha", "alpha-linux-gnu-", "-mev6", "", ".got", 0xfffffe0000000000, 0xfffffe0001000000},
    {"x86_64", "x86_64-linux-gnu-", "", "", ".got", 0xffffffffc0000000, 0xfffffffffe000000},
};

constexpr int bases_each = 4;

// Types of linked files, and of no use to an assembler: no object has them.
constexpr std::string_view made_by_linkers[] = {"R_386_GLOB_DAT", "R_386_JMP_SLOT", "R_386_RELATIVE",
                                                "R_386_GOT32",     // where slots are is each linker's own affair
                                                "R_ALPHA_SREL16"}; // no assembler writes it

/// Our link of an object, as far as it can be compared.
struct Ours {
    std::optional<Object> object;
    std::set<std::string> given; ///< symbols that the other linker must be told
    std::vector<Problem> problems;
};

Ours link_here(const std::vector<std::byte>& file, const CrossLinker& linker, std::mt19937_64& random)
{
    const auto any_address = [&](std::uint64_t step) {
        return linker.lowest + std::uniform_int_distribution<std::uint64_t>(0, (linker.highest - linker.lowest) / step - 1)(random) * step;
    };
    Ours ours;
    const auto elf = ElfFile::open(file);
    if (!elf) {
        ours.problems.push_back(elf.problem());
        return ours;
    }
    auto loaded = Object::load(*elf, *find_arch(linker.arch), ours.problems);
    if (!loaded) {
        ours.problems.push_back(loaded.problem());
        return ours;
    }
    auto& object = ours.object.emplace(std::move(*loaded));
    for (auto* symbol : object.symbols().in_chain_order()) {
        if (!symbol->is_undefined() && symbol->section != elf::shn_common) continue;
        if (symbol->name == "_GLOBAL_OFFSET_TABLE_" || symbol->name.empty()) continue; // the linkers' own
        ours.given.emplace(symbol->name);
        if (symbol->is_undefined()) {
            symbol->section = kernel_section;
            symbol->value = any_address(16);
        }
    }
    create_got(object);
    object.allocate_commons();
    const auto bytes = object.lay_out();
    const auto base = any_address(object.arch().page_bytes);
    ours.problems = relocate(object, {std::min(base, linker.highest - round_up(bytes, object.arch().page_bytes))});
    return ours;
}

/// The first byte where the two differ: "same" when none does.
std::string difference(std::span<const std::byte> ours, std::span<const std::byte> theirs)
{
    for (std::size_t at = 0; at < std::min(ours.size(), theirs.size()); ++at)
        if (ours[at] != theirs[at]) {
            const auto word = at / 4 * 4;
            const auto shown = [&](std::span<const std::byte> bytes) {
                std::string text;
                for (const auto byte : bytes.subspan(word, std::min<std::size_t>(4, bytes.size() - word))) text += fmt::format("{:02x}", static_cast<unsigned>(byte));
                return text;
            };
            return fmt::format("at {:#x}: here {}, there {}", word, shown(ours), shown(theirs));
        }
    return ours.size() == theirs.size() ? "same" : fmt::format("{} bytes here, {} there", ours.size(), theirs.size());
}

/// Which slot of .got a symbol has is each linker's own affair: what the slots hold that an instruction of alpha loads from
/// must be the same. Takes the instruction's displacement, from gp in the middle of 64 KB, out of both.
void compare_slot(const ElfFile::Relocation& entry, std::vector<std::byte>& ours, std::vector<std::byte>& theirs, std::span<const std::byte> our_slots,
                  std::span<const std::byte> their_slots)
{
    const auto slot_of = [&](std::vector<std::byte>& section, std::span<const std::byte> slots) {
        const auto displacement = load<std::uint16_t>(section.data() + entry.offset, ByteOrder::little);
        store<std::uint16_t>(section.data() + entry.offset, ByteOrder::little, 0);
        const auto at = static_cast<std::uint16_t>(displacement + 0x8000u);
        return at + 8u <= slots.size() ? load<std::uint64_t>(slots.data() + at, ByteOrder::little) : ~std::uint64_t{0};
    };
    CHECK(slot_of(ours, our_slots) == slot_of(theirs, their_slots));
}

/// Compares what both linkers make of `file`; the relocations that were compared.
std::size_t compare(const std::string& name, const std::vector<std::byte>& file, const CrossLinker& linker, std::mt19937_64& random)
{
    const auto ours = link_here(file, linker, random);
    INFO(name);
    for (const auto& problem : ours.problems) UNSCOPED_INFO(problem.where << "+" << problem.offset << " " << problem.detail << " " << problem.symbol);
    REQUIRE(ours.problems.empty());
    const auto theirs = test::link_independently(linker, file, *ours.object, ours.given);
    std::size_t compared = 0;
    for (const auto& table : ours.object->relocations()) {
        const auto& section = ours.object->section(table.target);
        const auto found = theirs.find(section.name);
        REQUIRE(found != theirs.end());
        std::vector<std::byte> here(section.contents().begin(), section.contents().end()), there = found->second;
        for (const auto& entry : table.entries) {
            const auto* kind = relocation_arch(ours.object->arch())->find(entry.type);
            if (kind->name != "R_ALPHA_LITERAL" || entry.offset + 4 > there.size()) continue;
            compare_slot(entry, here, there, ours.object->section(*ours.object->got()).contents(), theirs.at(".got"));
        }
        CHECK(section.name + " " + difference(here, there) == section.name + " same");
        compared += table.entries.size();
    }
    return compared;
}

/// The objects of that architecture: the kept samples and the assembled source.
std::map<std::string, std::vector<std::byte>> objects_for(const CrossLinker& linker)
{
    std::map<std::string, std::vector<std::byte>> objects;
    const auto samples = "images/built/" + std::string(linker.arch);
    if (std::filesystem::exists(samples))
        for (const auto& entry : std::filesystem::directory_iterator(samples)) objects[entry.path()] = test::read_file(entry.path());
    const auto source = fmt::format("tests/link/assembled/{}.s", linker.arch == "mipsel" ? "mips" : linker.arch);
    objects[source] = test::assemble(linker, source);
    return objects;
}

} // namespace

TEST_CASE("each architecture's own linker makes the same bytes of the same objects at the same addresses", "[link][independent]")
{
    std::mt19937_64 random(20031128);
    std::size_t architectures = 0;
    for (const auto& linker : linkers) {
        if (!test::is_installed(linker)) {
            std::cerr << "skipped: " << linker.tools << "ld is not installed, so " << linker.arch << " is not compared\n";
            continue;
        }
        std::size_t compared = 0;
        for (const auto& [name, file] : objects_for(linker))
            for (int i = 0; i < bases_each; ++i) compared += compare(name, file, linker, random);
        INFO(linker.arch);
        CHECK(compared > 0);
        ++architectures;
    }
    WARN(architectures << " architectures were compared");
}

TEST_CASE("the assembled sources use every relocation type that a linker can be asked for", "[link][independent]")
{
    for (const auto& linker : linkers) {
        if (!test::is_installed(linker)) continue;
        const auto* arch = find_arch(linker.arch);
        std::set<std::uint32_t> used;
        for (const auto& [name, file] : objects_for(linker)) {
            const auto elf = ElfFile::open(file);
            REQUIRE(elf);
            std::vector<Problem> complaints;
            auto object = Object::load(*elf, *arch, complaints);
            REQUIRE(object);
            for (const auto& table : object->relocations())
                for (const auto& entry : table.entries) used.insert(entry.type);
        }
        for (const auto& kind : relocation_arch(*arch)->kinds) {
            INFO(kind.name);
            const bool expected = kind.field_bytes && std::ranges::find(made_by_linkers, kind.name) == std::end(made_by_linkers);
            if (expected) CHECK(used.contains(kind.type));
        }
    }
}
