// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/legacy/module_header.h"
#include "tests/legacy/insmod_run.h"

#include <catch2/catch.hpp>

using namespace retromod;
using test::FakeKernel;
using test::InsmodRun;
using test::SimpleModule;

namespace {

constexpr std::uint32_t R_386_32 = 1;

std::uint32_t member(const FakeKernel& kernel, HeaderMember which)
{
    return kernel.image_word(header_field(*kernel.machine, which).offset);
}

/// Name and value of each export, values counted from the base.
std::vector<std::pair<std::string, std::uint64_t>> exports_of(const FakeKernel& kernel)
{
    std::vector<std::pair<std::string, std::uint64_t>> exports;
    for (std::uint32_t index = 0; index < member(kernel, HeaderMember::nsyms); ++index) {
        const auto entry = member(kernel, HeaderMember::syms) - kernel.base.value + 8 * index;
        exports.emplace_back(kernel.image_text(kernel.image_word(entry + 4)),
                             kernel.image_word(entry) - kernel.base.value);
    }
    return exports;
}

std::vector<std::string> names_of(const FakeKernel& kernel)
{
    std::vector<std::string> names;
    for (const auto& [name, value] : exports_of(kernel)) names.push_back(name);
    return names;
}

SimpleModule module_with_globals()
{
    SimpleModule module;
    module.writer.symbol("hidden", module.text, {.value = 2, .binding = elf::stb_local});
    const auto data = module.writer.data({1, 2, 3, 4});
    module.writer.symbol("shown", data, {});
    module.writer.symbol("number", elf::shn_abs, {.value = 42});
    module.writer.symbol("cleanup_module", module.text, {.value = 4});
    return module;
}

} // namespace

TEST_CASE("without __ksymtab all globals are exported, but for init and cleanup", "[legacy][exports]")
{
    FakeKernel kernel;
    REQUIRE(InsmodRun(kernel, module_with_globals().bytes(), {.ksymoops = false}).status() == 0);
    auto names = names_of(kernel);
    std::ranges::sort(names);
    CHECK(names == std::vector<std::string>{"number", "shown"});
}

TEST_CASE("-x without ksymoops symbols leaves no export table", "[legacy][exports]")
{
    FakeKernel kernel;
    REQUIRE(InsmodRun(kernel, module_with_globals().bytes(), {.export_all = false, .ksymoops = false}).status() == 0);
    CHECK(member(kernel, HeaderMember::nsyms) == 0);
    CHECK(member(kernel, HeaderMember::syms) == 0);
}

TEST_CASE("a module's own __ksymtab is exported with its relocations, ksymoops symbols behind it", "[legacy][exports]")
{
    FakeKernel kernel;
    auto module = module_with_globals();
    const auto strings = module.writer.section(".kstrtab", {'m', 'i', 'n', 'e', 0}, {});
    const auto table = module.writer.section("__ksymtab", std::vector<std::uint8_t>(8), {.alignment = 4});
    module.writer.relocate(table, 0, R_386_32, module.writer.symbol("mine", module.text, {.value = 4}));
    module.writer.relocate(table, 4, R_386_32, module.writer.symbol("text_of_mine", strings, {}));
    REQUIRE(InsmodRun(kernel, module.bytes()).status() == 0);
    const auto exports = exports_of(kernel);
    REQUIRE(exports.size() == 4);
    CHECK(exports[0] == std::pair<std::string, std::uint64_t>{"mine", 96 + 4});
    CHECK(exports[1] == std::pair<std::string, std::uint64_t>{"__insmod_foo_O/lib/foo.o_M6B02A93F_V132116", 0});
    CHECK(exports[2] == std::pair<std::string, std::uint64_t>{"__insmod_foo_S.text_L8", 96});
    CHECK(exports[3].first == "__insmod_foo_S.data_L4");
}

TEST_CASE("EXPORT_NO_SYMBOLS' unloaded __ksymtab makes room for one with ksymoops symbols only", "[legacy][exports]")
{
    FakeKernel kernel;
    auto module = module_with_globals();
    module.writer.section("__ksymtab", {}, {.flags = 0});
    REQUIRE(InsmodRun(kernel, module.bytes()).status() == 0);
    for (const auto& name : names_of(kernel)) CHECK(name.starts_with("__insmod_foo_"));
    CHECK(names_of(kernel).size() == 3);
}

TEST_CASE("the load map lists sections in memory order and symbols by address", "[legacy][map]")
{
    FakeKernel kernel;
    const InsmodRun run(kernel, module_with_globals().bytes(), {.map = true, .ksymoops = false});
    REQUIRE(run.status() == 0);
    const auto& out = run.text.out;
    CHECK(out.starts_with("Sections:       Size      Address   Align\n"
                          ".this           00000060  c8800000  2**2\n"
                          ".text           00000008  c8800060  2**2\n"
                          ".kstrtab        00000011  c8800068  2**0\n"
                          "__ksymtab       00000010  c880007c  2**2\n"
                          "__archdata      00000000  c8800090  2**4\n"
                          ".data           00000004  c8800090  2**2\n"
                          "\nSymbols:\n"
                          "0000002a A number\n"
                          "c8800000 d __this_module\n"));
    CHECK(out.find("c8800060 t init_module\n") != std::string::npos);
    CHECK(out.ends_with("c8800064 t cleanup_module\nc8800090 D shown\n"));
}

TEST_CASE("a kernel with kallsyms gets the module's", "[legacy][kallsyms]")
{
    FakeKernel kernel;
    kernel.symbols = {{"__start___kallsyms_R12345678", 0xc0300000}, {"__stop___kallsyms", 0xc0310000}};
    REQUIRE(InsmodRun(kernel, module_with_globals().bytes()).status() == 0);
    const auto start = member(kernel, HeaderMember::kallsyms_start) - kernel.base.value;
    const auto word = [&](std::uint64_t index) { return kernel.image_word(start + 4 * index); };
    CHECK(word(0) == 44);                                                                     // header
    CHECK(word(1) == member(kernel, HeaderMember::kallsyms_end) - kernel.base.value - start); // total
    CHECK(word(2) == 7); // .text, .data, .this, .kstrtab, __ksymtab, __archdata, __kallsyms
    CHECK(word(3) == 44);
    CHECK(word(4) == 16);
    CHECK(word(5) == 5); // hidden, shown, init_module, cleanup_module, __this_module
    CHECK(word(6) == 44 + 7 * 16);
    CHECK(word(7) == 12);
    CHECK(word(9) == kernel.base.value);
    CHECK(word(10) == kernel.base.value + kernel.image.size());
    const auto symbols = start + word(6);
    CHECK(kernel.image_word(symbols + 4) == kernel.base.value); // __this_module: the lowest
    const auto name = kernel.base.value + start + word(8) + kernel.image_word(symbols + 8);
    CHECK(kernel.image_text(name) == "__this_module");
}

TEST_CASE("a kernel without kallsyms gets them only by -S", "[legacy][kallsyms]")
{
    FakeKernel kernel;
    REQUIRE(InsmodRun(kernel, module_with_globals().bytes()).status() == 0);
    CHECK(member(kernel, HeaderMember::kallsyms_start) == 0);
    REQUIRE(InsmodRun(kernel, module_with_globals().bytes(), {.kallsyms = true}).status() == 0);
    CHECK(member(kernel, HeaderMember::kallsyms_start) != 0);
}

TEST_CASE("common symbols can be parameters and exports", "[legacy][exports]")
{
    FakeKernel kernel;
    SimpleModule module({"parm_debug=i"});
    module.writer.bss(8);
    module.writer.symbol("debug", elf::shn_common, {.value = 4, .size = 4, .type = elf::stt_object});
    const InsmodRun run(kernel, module.bytes(), {.arguments = {"debug=3"}, .ksymoops = false});
    REQUIRE(run.status() == 0);
    const auto exports = exports_of(kernel);
    REQUIRE(exports.size() == 1);
    CHECK(exports[0].first == "debug");
    CHECK(kernel.image_word(exports[0].second) == 3);
}

TEST_CASE("a module that has sections named like insmod's own keeps them apart", "[legacy][bad]")
{
    FakeKernel kernel;
    kernel.modules = {{.name = "other", .address = 0xc8900000, .symbols = {{"given", 0xc8900100}}}};
    SimpleModule module;
    for (const auto* name : {".this", ".kmodtab", "__archdata", "__kallsyms"}) module.writer.section(name, {0x55}, {});
    module.writer.relocate(module.text, 0, R_386_32, module.writer.undefined("given"));
    REQUIRE(InsmodRun(kernel, module.bytes(), {.kallsyms = true}).status() == 0);
    CHECK(member(kernel, HeaderMember::size_of_struct) == 96);
    CHECK(kernel.image_word(member(kernel, HeaderMember::deps) - kernel.base.value) == 0xc8900000);
}
