// SPDX-License-Identifier: GPL-2.0-or-later
// Our relocations against those of each architecture's own linker: the same objects, the same placement, byte for byte.
// The objects are the samples that are kept, an assembled source that uses each relocation type, and compiled sources
// that look as drivers did. What is not installed is skipped, with a message.
#include "loader/link/relocate.h"
#include "loader/link/relocation.h"
#include "tests/link/cross_linker.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include <iostream>
#include <random>

using namespace retromod;
using test::CrossLinker;

namespace {

// An architecture is a row. The assembled source is tests/link/assembled/ARCH.s, the samples are images/built/ARCH.
constexpr CrossLinker linkers[] = {
    {"i386", "i686-linux-gnu-", "--32 -mrelax-relocations=no", "-m32 -march=i386 -fcf-protection=none", "-m elf_i386",
     ".got.plt", 0xc0800000, 0xfe000000},
    {"mipsel", "mipsel-linux-gnu-", "-mabi=32 -mips2 -mno-shared -G0", "-mabi=32 -mips2 -mno-abicalls -G0 -msoft-float",
     "-m elf32ltsmip", ".got", 0x90000000, 0x9fe00000},
    {"mips", "mips-linux-gnu-", "-mabi=32 -mips2 -mno-shared -G0", "-mabi=32 -mips2 -mno-abicalls -G0 -msoft-float",
     "-m elf32btsmip", ".got", 0x90000000, 0x9fe00000},
    {"ppc", "powerpc-linux-gnu-", "", "-msoft-float -mcpu=750 -mno-sdata", "-m elf32ppclinux", ".got", 0xc0100000,
     0xc1f00000},
    {"arm", "arm-linux-gnueabi-", "",
     "-mabi=apcs-gnu -march=armv4 -marm -msoft-float -mno-thumb-interwork -Wa,-meabi=gnu", "-m armelf_linux_eabi",
     ".got", 0xc0100000, 0xc1f00000},
    {"sparc", "sparc64-linux-gnu-", "-32", "-m32 -mcpu=v8 -msoft-float", "-m elf32_sparc", ".got", 0xf0100000,
     0xff000000},
    {"m68k", "m68k-linux-gnu-", "", "-m68040", "-m m68kelf", ".got", 0xc0000000, 0xc7000000},
    {"alpha", "alpha-linux-gnu-", "-mev6", "-mno-fp-regs -mcpu=ev5", "", ".got", 0xfffffe0000000000, 0xfffffe0001000000},
    {"x86_64", "x86_64-linux-gnu-", "", "-mcmodel=kernel -mno-red-zone -fcf-protection=none", "", ".got",
     0xffffffffc0000000, 0xfffffffffe000000},
};

constexpr int bases_each = 3;

// How drivers were compiled: with commons, and gcc 2 knew no sections of strings; the rest for other forms of the same.
constexpr std::string_view compilations[] = {"-O2 -fcommon", "-O2 -fcommon -fno-merge-constants", "-O0",
                                             "-Os -fno-common -fno-section-anchors"};

/// A relocation type whose field says where a symbol's slot of .got is: which slot that is, is each linker's own affair.
struct SlotField {
    std::string_view name;
    unsigned bytes;
    std::uint64_t table_at; ///< of the field's value, where the table starts
};
constexpr SlotField slot_fields[] = {{"R_ALPHA_LITERAL", 2, 0x8000}, {"R_386_GOT32", 4, 0}};

/// Our link of an object, as far as it can be compared.
struct Ours {
    std::optional<Object> object;
    std::set<std::string> given; ///< symbols that the other linker must be told
    std::vector<Problem> problems;
};

Ours link_here(const std::vector<std::byte>& file, const CrossLinker& linker, std::mt19937_64& random)
{
    const auto any_address = [&](std::uint64_t step) {
        return linker.lowest
               + std::uniform_int_distribution<std::uint64_t>(0, (linker.highest - linker.lowest) / step - 1)(random) * step;
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
        if (symbol->is_undefined() && symbol->binding == elf::stb_weak) { // insmod's rule, and the linkers'
            symbol->section = elf::shn_abs;
            symbol->value = 0;
            ours.given.erase(std::string(symbol->name));
        } else if (symbol->is_undefined()) {
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
                for (const auto byte : bytes.subspan(word, std::min<std::size_t>(4, bytes.size() - word)))
                    text += fmt::format("{:02x}", static_cast<unsigned>(byte));
                return text;
            };
            return fmt::format("at {:#x}: here {}, there {}", word, shown(ours), shown(theirs));
        }
    return ours.size() == theirs.size() ? "same" : fmt::format("{} bytes here, {} there", ours.size(), theirs.size());
}

/// What the slots hold that the field at `offset` leads to must be the same; takes the field out of both sections. It had
/// no addend of its own.
void compare_slot(const SlotField& field, std::uint64_t offset, const Arch& arch, std::span<std::byte> ours,
                  std::span<std::byte> theirs, std::span<const std::byte> our_slots, std::span<const std::byte> their_slots)
{
    const auto slot_of = [&](std::span<std::byte> section, std::span<const std::byte> slots) {
        auto* const place = section.data() + offset;
        const auto mask = (std::uint64_t{1} << 8 * field.bytes) - 1;
        const auto at = (load_unsigned(place, field.bytes, arch.order) + field.table_at) & mask;
        store_unsigned(place, field.bytes, arch.order, 0);
        REQUIRE(at + arch.word_bytes <= slots.size());
        return load_unsigned(slots.data() + at, arch.word_bytes, arch.order);
    };
    CHECK(slot_of(ours, our_slots) == slot_of(theirs, their_slots));
}

/// Compares what both linkers make of `file`; the relocations that were compared.
std::size_t compare(const std::string& name, const std::vector<std::byte>& file, const CrossLinker& linker, std::mt19937_64& random)
{
    const auto ours = link_here(file, linker, random);
    INFO(name);
    for (const auto& problem : ours.problems)
        UNSCOPED_INFO(problem.where << "+" << problem.offset << " " << problem.detail << " " << problem.symbol);
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
            const auto* field = std::ranges::find(slot_fields, kind->name, &SlotField::name);
            if (field == std::end(slot_fields) || entry.offset + field->bytes > there.size()) continue;
            compare_slot(*field, entry.offset, ours.object->arch(), here, there,
                         ours.object->section(*ours.object->got()).contents(), theirs.find(linker.table)->second);
        }
        CHECK(section.name + " " + difference(here, there) == section.name + " same");
        compared += table.entries.size();
    }
    return compared;
}

using Objects = std::map<std::string, std::vector<std::byte>>;

Objects samples_for(const CrossLinker& linker)
{
    Objects objects;
    const auto folder = "images/built/" + std::string(linker.arch);
    if (!std::filesystem::exists(folder)) return objects;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) objects[entry.path()] = test::read_file(entry.path());
    return objects;
}

Objects assembled_for(const CrossLinker& linker)
{
    const auto source = fmt::format("tests/link/assembled/{}.s", linker.arch == "mipsel" ? "mips" : linker.arch);
    return {{source, test::assemble(linker, source)}};
}

Objects compiled_for(const CrossLinker& linker)
{
    Objects objects;
    for (const auto& entry : std::filesystem::directory_iterator("tests/link/compiled"))
        for (const auto options : compilations)
            objects[fmt::format("{} {}", entry.path().string(), options)] = test::compile(linker, entry.path(), options);
    return objects;
}

/// Runs `test(linker)` for each architecture that is installed, and counts them.
template <class Test> std::size_t for_each_installed(bool (*installed)(const CrossLinker&), std::string_view tool, Test test)
{
    std::size_t architectures = 0;
    for (const auto& linker : linkers) {
        if (installed(linker)) {
            test(linker);
            ++architectures;
        } else {
            std::cerr << "skipped: " << linker.tools << tool << " is not installed, so " << linker.arch << " is not compared\n";
        }
    }
    return architectures;
}

void compare_all(const Objects& objects, const CrossLinker& linker, std::mt19937_64& random)
{
    std::size_t compared = 0;
    for (const auto& [name, file] : objects)
        for (int i = 0; i < bases_each; ++i) compared += compare(name, file, linker, random);
    INFO(linker.arch);
    CHECK((compared > 0 || objects.empty()));
}

} // namespace

TEST_CASE("each architecture's own linker makes the same bytes of the samples and of every relocation type", "[link][independent]")
{
    std::mt19937_64 random(20031128);
    const auto architectures = for_each_installed(test::is_installed, "ld", [&](const CrossLinker& linker) {
        compare_all(samples_for(linker), linker, random);
        compare_all(assembled_for(linker), linker, random);
    });
    WARN(architectures << " architectures were compared");
}

TEST_CASE("each architecture's own linker makes the same bytes of compiled drivers", "[link][independent]")
{
    std::mt19937_64 random(19990126);
    const auto installed = [](const CrossLinker& linker) { return test::is_installed(linker) && test::has_compiler(linker); };
    const auto architectures = for_each_installed(installed, "gcc", [&](const CrossLinker& linker) {
        compare_all(compiled_for(linker), linker, random);
    });
    WARN(architectures << " architectures were compared");
}

TEST_CASE("the assembled sources use every relocation type of their architectures", "[link][independent]")
{
    for (const auto& linker : linkers) {
        if (!test::is_installed(linker)) continue;
        const auto* arch = find_arch(linker.arch);
        std::set<std::uint32_t> used;
        for (const auto& [name, file] : assembled_for(linker)) {
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
            if (kind.field_bytes) CHECK(used.contains(kind.type));
        }
    }
}
