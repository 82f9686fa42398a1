// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/link/linked.h"

#include <catch2/catch.hpp>

using namespace retromod;
using test::ElfWriter;
using test::Linked;

namespace {

constexpr GuestAddr base{0xc8800000};
constexpr auto alloc = elf::shf_alloc;
constexpr auto writable = elf::shf_alloc | elf::shf_write;
constexpr auto code = elf::shf_alloc | elf::shf_execinstr;

std::vector<std::string> loaded_names(const Linked& linked)
{
    std::vector<std::string> names;
    for (const auto index : linked.object->load_order()) names.push_back(linked.object->section(index).name);
    return names;
}

} // namespace

TEST_CASE("sections lie in insmod's order: code, read-only, .got, data, bss, then the init ones", "[link][layout]")
{
    ElfWriter writer;
    const auto section = [&](const char* name, std::uint64_t flags) {
        writer.section(name, {1, 2, 3, 4}, {.flags = flags});
    };
    writer.section(".data.init", {1}, {.flags = writable});
    writer.bss(4);
    writer.section(".text.init", {1}, {.flags = code});
    section(".data", writable);
    section(".got", writable);
    section(".comment", 0);
    section(".rodata", alloc);
    section("__ex_table", alloc);
    section(".init.text", code);
    section(".text", code);
    const Linked linked(writer, i386(), base);
    CHECK(loaded_names(linked) == std::vector<std::string>{".init.text", ".text", ".rodata", "__ex_table", ".got",
                                                           ".data", ".bss", ".text.init", ".data.init"});
}

TEST_CASE("each section starts at the running size raised to its alignment", "[link][layout]")
{
    ElfWriter writer;
    writer.section(".text", {1}, {.flags = code, .alignment = 16});
    writer.section(".rodata", {1, 2, 3}, {.flags = alloc, .alignment = 1});
    writer.section(".data", {1}, {.flags = writable, .alignment = 32});
    writer.section(".data2", {1}, {.flags = writable, .alignment = 0});
    const Linked linked(writer, i386(), base);
    CHECK(linked.address(".rodata") == base.value + 1);
    CHECK(linked.address(".data") == base.value + 32);
    CHECK(linked.address(".data2") == base.value + 33);
    CHECK(linked.size == 34);
}

TEST_CASE("common symbols are put behind .bss by ascending size, each aligned", "[link][layout]")
{
    ElfWriter writer;
    const auto bss = writer.bss(5);
    writer.symbol("own", bss, {.value = 1, .size = 4});
    writer.symbol("large", elf::shn_common, {.value = 32, .size = 100, .type = elf::stt_object});
    writer.symbol("small", elf::shn_common, {.value = 2, .size = 2, .type = elf::stt_object});
    writer.symbol("middle", elf::shn_common, {.value = 4, .size = 8, .type = elf::stt_object});
    Linked linked(writer, i386(), base);
    const auto offset = [&](const char* name) { return linked.object->symbols().find(name)->value; };
    CHECK(offset("small") == 6);
    CHECK(offset("middle") == 8);
    CHECK(offset("large") == 32);
    CHECK(linked.size == 132);
    CHECK(linked.object->section(bss).alignment == 32);
}

TEST_CASE("common symbols without a .bss get one that is loaded", "[link][layout]")
{
    ElfWriter writer;
    writer.data({1, 2, 3, 4});
    writer.symbol("c", elf::shn_common, {.value = 8, .size = 8, .type = elf::stt_object});
    const Linked linked(writer, i386(), base);
    CHECK(linked.address(".bss") == base.value + 8);
    CHECK(linked.size == 16);
}

TEST_CASE(".modinfo is not loaded, whatever its flags say", "[link][layout]")
{
    ElfWriter writer;
    writer.modinfo({"license=GPL"});
    writer.data({1});
    CHECK(loaded_names(Linked(writer, i386(), base)) == std::vector<std::string>{".data"});
}

TEST_CASE("gaps and .bss of the image are zeros", "[link][image]")
{
    ElfWriter writer;
    writer.section(".text", {0x90}, {.flags = code, .alignment = 4});
    writer.data({7, 8});
    writer.bss(3);
    const Linked linked(writer, i386(), base);
    const auto image = build_image(*linked.object, base, linked.size);
    REQUIRE(image);
    std::vector<int> bytes;
    for (const auto byte : *image) bytes.push_back(std::to_integer<int>(byte));
    CHECK(bytes == std::vector<int>{0x90, 0, 0, 0, 7, 8, 0, 0, 0, 0, 0});
}

TEST_CASE("absurd sizes cost nothing and are refused by value", "[link][image][bad]")
{
    ElfWriter writer;
    for (int i = 0; i < 50; ++i)
        writer.section(".bss" + std::to_string(i), {},
                       {.type = elf::sht_nobits, .flags = writable, .nobits_size = 0xffffffff});
    const Linked linked(writer, i386(), base);
    CHECK(linked.size == 50 * std::uint64_t{0xffffffff});
    CHECK(build_image(*linked.object, base, linked.size).problem().kind == ProblemKind::image_too_large);

    const auto& alpha = *find_arch("alpha");
    ElfWriter wide(alpha);
    wide.section(".bss", {}, {.type = elf::sht_nobits, .flags = writable, .nobits_size = ~std::uint64_t{0}});
    const Linked refused(wide, alpha, base);
    REQUIRE(refused.problems.size() == 1);
    CHECK(refused.problems[0].kind == ProblemKind::image_too_large);
}

TEST_CASE("section types that insmod 2.4 does not know are refused by name and number", "[link][bad]")
{
    ElfWriter writer;
    writer.section(".init_array", {0, 0, 0, 0}, {.type = 14});
    const Linked linked(writer, i386(), base);
    REQUIRE(linked.problems.size() == 1);
    CHECK(explain(linked.problems[0], "new.o") == "new.o: .init_array: sections of type 0xe are not handled");
}

TEST_CASE("processor-specific sections are passed over", "[link]")
{
    ElfWriter writer;
    writer.section(".reginfo", {1, 2, 3, 4}, {.type = 0x70000006});
    const Linked linked(writer, i386(), base);
    CHECK(linked.problems.empty());
    CHECK(linked.size == 4);
}

TEST_CASE("an architecture without a relocator is refused by name", "[link][bad]")
{
    const auto& ia64 = *find_arch("ia64");
    ElfWriter writer(ia64);
    writer.text({0, 0, 0, 0});
    const Linked linked(writer, ia64, base);
    REQUIRE(linked.problems.size() == 1);
    CHECK(explain(linked.problems[0], "a.o") == "a.o: modules for ia64 cannot be linked");
}
