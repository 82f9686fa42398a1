// SPDX-License-Identifier: GPL-2.0-or-later
// The sample modules, placed by us at random bases, against what the cross linker of GNU binutils makes of the same
// placement. Where a linker is not installed its architecture is skipped, with a message.
#include "loader/link/relocate.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

using namespace retromod;

namespace {

struct Linker {
    const char* arch;
    const char* command;
    std::uint64_t area, bytes; ///< where modules may lie
    std::uint64_t kernel;      ///< where their imports are: in reach of a call, so that no veneer is needed
};
constexpr Linker linkers[] = {
    {"i386", "i686-linux-gnu-ld -m elf_i386", 0xc8800000, 0x7000000, 0xc0100000},
    {"mipsel", "mipsel-linux-gnu-ld -m elf32ltsmip", 0x80800000, 0x7000000, 0x80100000},
    {"mips", "mips-linux-gnu-ld -m elf32btsmip", 0x80800000, 0x7000000, 0x80100000},
    {"ppc", "powerpc-linux-gnu-ld -m elf32ppclinux", 0xc0800000, 0x800000, 0xc0100000},
    {"arm", "arm-linux-gnueabi-ld -m armelf_linux_eabi", 0xc0800000, 0x800000, 0xc0100000},
    {"sparc", "sparc64-linux-gnu-ld -m elf32_sparc", 0xfe300000, 0x1000000, 0xf0100000},
    {"m68k", "m68k-linux-gnu-ld -m m68kelf", 0xc0000000, 0x7000000, 0x00100000},
};

std::vector<std::byte> contents_of(const std::filesystem::path& path)
{
    std::ifstream in(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    std::vector<std::byte> bytes(text.size());
    std::transform(text.begin(), text.end(), bytes.begin(), [](char c) { return static_cast<std::byte>(c); });
    return bytes;
}

/// What ld is told of a placement: each loaded section's address, each import's value.
std::string script_of(const Object& object)
{
    std::string script;
    for (const auto& symbol : object.symbols().all())
        if (symbol.is_imported() && !symbol.name.empty()) script += fmt::format("{} = {:#x};\n", symbol.name, symbol.value);
    script += "SECTIONS\n{\n";
    for (const auto index : object.load_order()) {
        const auto& section = object.section(index);
        if (!section.is_loaded() || section.name == ".plt" || section.size == 0) continue;
        script += fmt::format("  {0} {1:#x} : SUBALIGN(1) {{ *({0}) {2} }}\n", section.name, section.address.value,
                              section.name == ".bss" ? "*(COMMON)" : "");
    }
    return script + "  /DISCARD/ : { *(*) }\n}\n";
}

struct Scratch {
    std::filesystem::path path = std::filesystem::temp_directory_path() / fmt::format("retromod-ld-{}", std::rand());
    Scratch() { std::filesystem::create_directories(path); }
    ~Scratch() { std::filesystem::remove_all(path); }
};

void compare(const Linker& linker, const std::filesystem::path& module, GuestAddr base, std::uint64_t kernel)
{
    const auto file = contents_of(module);
    const auto elf = ElfFile::open(file);
    REQUIRE(elf);
    std::vector<Problem> complaints;
    auto object = Object::load(*elf, *find_arch(linker.arch), complaints);
    REQUIRE(object);
    for (const auto& symbol : object->symbols().all()) {
        if (!symbol.is_undefined() || symbol.name.empty()) continue;
        auto* named = object->symbols().find(symbol.name);
        named->section = kernel_section;
        named->value = kernel += 16;
    }
    create_got(*object);
    object->allocate_commons();
    object->lay_out();
    const auto problems = relocate(*object, base);
    for (const auto& problem : problems) UNSCOPED_INFO(describe(problem));
    REQUIRE(problems.empty());

    const Scratch scratch;
    std::ofstream(scratch.path / "script") << script_of(*object);
    const auto result = scratch.path / "result";
    const auto command = fmt::format("{} -e 0 --no-check-sections --no-warn-rwx-segments -T {} -o {} {} 2>{}/errors", linker.command,
                                     (scratch.path / "script").string(), result.string(), module.string(),
                                     scratch.path.string());
    INFO(command);
    const auto status = std::system(command.c_str());
    std::ifstream errors(scratch.path / "errors");
    INFO(std::string(std::istreambuf_iterator<char>(errors), {}));
    REQUIRE(status == 0);

    auto linked_file = contents_of(result);
    constexpr std::size_t type_at = 16; // e_type: our reader takes relocatable files alone
    store<std::uint16_t>(linked_file.data() + type_at, find_arch(linker.arch)->order, elf::et_rel);
    const auto linked = ElfFile::open(linked_file);
    REQUIRE(linked);
    for (const auto index : object->load_order()) {
        const auto& section = object->section(index);
        if (!section.is_loaded() || section.contents().empty() || section.name == ".reginfo") continue; // ld makes its own
        INFO(section.name);
        const auto* found = linked->find_section(section.name);
        REQUIRE(found);
        const auto theirs = found->contents;
        REQUIRE(theirs.size() >= section.contents().size());
        CHECK(std::equal(section.contents().begin(), section.contents().end(), theirs.begin()));
    }
}

} // namespace

TEST_CASE("modules are relocated byte for byte as the cross linker does it", "[link][ld]")
{
    const auto linker = GENERATE(from_range(std::begin(linkers), std::end(linkers)));
    const std::string command = linker.command;
    const auto program = command.substr(0, command.find(' '));
    if (std::system(("command -v " + program + " >/dev/null").c_str()) != 0) {
        WARN(linker.arch << ": skipped, " << program << " is not installed");
        return;
    }
    std::minstd_rand random(20030101);
    unsigned compared = 0;
    for (const auto& entry : std::filesystem::directory_iterator(std::string("images/built/") + linker.arch)) {
        if (entry.path().stem() == "lib") continue; // its commons lie in an order of insmod's own
        const GuestAddr base{linker.area + round_down(random() % linker.bytes, 4096)};
        CAPTURE(linker.arch, entry.path().string(), base.value);
        compare(linker, entry.path(), base, linker.kernel + round_down(random() % 0x100000, 16));
        ++compared;
    }
    CHECK(compared >= 12);
}
