// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/legacy/module_header.h"
#include "tests/legacy/insmod_run.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

using namespace retromod;
using test::ElfWriter;
using test::FakeKernel;
using test::InsmodRun;
using test::SimpleModule;

namespace {

constexpr std::uint32_t R_386_32 = 1;

std::uint32_t member(const FakeKernel& kernel, HeaderMember which)
{
    return kernel.image_word(header_field(*kernel.machine, which).offset);
}

constexpr std::string_view init_hint =
    "Hint: insmod errors can be caused by incorrect module parameters, including invalid IO or IRQ parameters.\n"
    "      You may find more information in syslog or the output from dmesg\n";

} // namespace

TEST_CASE("a module that imports nothing is created, initialised and says nothing", "[legacy][insmod]")
{
    FakeKernel kernel;
    const InsmodRun run(kernel, SimpleModule().bytes());
    CHECK(run.status() == 0);
    CHECK(run.text.out.empty());
    CHECK(run.text.err.empty());
    REQUIRE(kernel.log.size() == 2);
    CHECK(kernel.log[0] == fmt::format("create_module(foo, {})", kernel.image.size()));
    CHECK(kernel.log[1] == "init_module(foo)");
}

TEST_CASE("struct module leads the image and has insmod's values", "[legacy][insmod]")
{
    FakeKernel kernel;
    SimpleModule module;
    module.writer.section("__ex_table", std::vector<std::uint8_t>(16), {.alignment = 4});
    module.writer.section(".text.init", std::vector<std::uint8_t>(4),
                          {.flags = elf::shf_alloc | elf::shf_execinstr, .alignment = 4});
    module.writer.symbol("cleanup_module", module.text, {.value = 4});
    const InsmodRun run(kernel, module.bytes(), {.autoclean = true});
    REQUIRE(run.status() == 0);
    const auto base = kernel.base.value;
    using enum HeaderMember;
    CHECK(member(kernel, size_of_struct) == 96);
    CHECK(member(kernel, next) == 0);
    CHECK(kernel.image_text(member(kernel, name)) == "foo");
    CHECK(member(kernel, size) == kernel.image.size());
    CHECK(member(kernel, flags) == 4);
    CHECK(member(kernel, init) == base + 96);
    CHECK(member(kernel, cleanup) == base + 100);
    CHECK(member(kernel, deps) == 0);
    CHECK(member(kernel, ex_table_end) - member(kernel, ex_table_start) == 16);
    CHECK(member(kernel, runsize) == kernel.image.size() - 4);
    CHECK(member(kernel, archdata_start) == 0);
    CHECK(member(kernel, kallsyms_start) == 0);
    CHECK(member(kernel, kernel_data) == 0);
}

TEST_CASE("the members of struct module lie where the kernel's do", "[legacy][header]")
{
    using enum HeaderMember;
    CHECK(module_header_bytes(i386()) == 96);
    CHECK(header_field(i386(), can_unload).offset == 68);
    CHECK(header_field(i386(), kernel_data).offset == 92);
    const auto& sparc64_like = *find_arch("x86_64");
    CHECK(header_field(sparc64_like, nsyms).offset == 48);
    CHECK(header_field(sparc64_like, ndeps).offset == 52);
    CHECK(header_field(sparc64_like, ex_table_start).offset == 96);
    CHECK(header_field(sparc64_like, runsize).offset == 136);
    CHECK(header_field(sparc64_like, kallsyms_start).offset == 144);
    CHECK(module_header_bytes(sparc64_like) == 184);
    const auto& alpha = *find_arch("alpha");
    CHECK(header_field(alpha, gp).offset == 112);
    CHECK(header_field(alpha, kallsyms_start).offset == 152);
    CHECK(module_header_bytes(alpha) == 192);
}

TEST_CASE("imports come from the newest module that has them, then from the kernel, and make dependencies",
          "[legacy][resolve]")
{
    FakeKernel kernel;
    kernel.symbols = {{"printk", 0xc0100000}, {"shared", 0xc0100010}};
    kernel.modules = {
        {.name = "newer", .address = 0xc8810000, .symbols = {{"shared", 0xc8810100}}},
        {.name = "older", .address = 0xc8820000, .symbols = {{"shared", 0xc8820100}, {"only", 0xc8820200}}},
        {.name = "unused", .address = 0xc8830000, .symbols = {{"other", 0xc8830100}}}};
    SimpleModule module;
    std::uint64_t offset = 0;
    const auto data = module.writer.data(std::vector<std::uint8_t>(12));
    for (const auto* name : {"printk", "shared", "only"}) {
        module.writer.relocate(data, offset, R_386_32, module.writer.undefined(name));
        offset += 4;
    }
    const InsmodRun run(kernel, module.bytes());
    REQUIRE(run.status() == 0);
    CHECK(run.result.report.dependencies == std::vector<std::string>{"newer", "older"});
    const auto placed =
        std::ranges::find(run.result.report.sections, ".data", &LoadedSection::name)->address - kernel.base;
    CHECK(kernel.image_word(placed) == 0xc0100000);
    CHECK(kernel.image_word(placed + 4) == 0xc8810100);
    CHECK(kernel.image_word(placed + 8) == 0xc8820200);

    using enum HeaderMember;
    REQUIRE(member(kernel, ndeps) == 2);
    const auto table = member(kernel, deps) - kernel.base.value;
    CHECK(kernel.image_word(table) == 0xc8810000);
    CHECK(kernel.image_word(table + 4) == kernel.base.value); // ref: the module itself
    CHECK(kernel.image_word(table + 8) == 0);
    CHECK(kernel.image_word(table + 12) == 0xc8820000);
    REQUIRE(run.result.report.imports.size() == 3);
    const auto only = std::ranges::find(run.result.report.imports, "only", &ResolvedImport::name);
    CHECK(only->module == "older");
}

TEST_CASE("all unresolved symbols are reported together, and nothing is created", "[legacy][resolve]")
{
    FakeKernel kernel;
    SimpleModule module;
    module.writer.relocate(module.text, 0, R_386_32, module.writer.undefined("lcall7_dispatch"));
    module.writer.relocate(module.text, 4, R_386_32, module.writer.undefined("lcall7_syscall"));
    module.writer.undefined("never_referenced");
    const auto bytes = module.bytes();
    const InsmodRun run(kernel, bytes);
    CHECK(run.status() == 1);
    CHECK(run.text.err == "./foo.o: unresolved symbol lcall7_syscall\n./foo.o: unresolved symbol lcall7_dispatch\n");
    CHECK(run.result.report.unresolved.size() == 2);
    CHECK(kernel.log.empty());

    const InsmodRun quiet(kernel, bytes, {.quiet = true});
    CHECK(quiet.status() == 1);
    CHECK(quiet.text.err.empty());
}

TEST_CASE("a module without a GPL licence gets a hint with its unresolved symbols", "[legacy][resolve]")
{
    FakeKernel kernel;
    kernel.symbols = {{"GPLONLY_secret", 0xc0100000}};
    ElfWriter writer;
    writer.modinfo({"kernel_version=2.4.20", "license=Proprietary"});
    const auto text = writer.text(std::vector<std::uint8_t>(4));
    writer.relocate(text, 0, R_386_32, writer.undefined("secret"));
    const InsmodRun run(kernel, writer.bytes());
    CHECK(run.status() == 1);
    CHECK(run.text.err == "./foo.o: unresolved symbol secret\n"
                          "./foo.o: \n"
                          "Hint: You are trying to load a module without a GPL compatible license\n"
                          "      and it has unresolved symbols.  The module may be trying to access\n"
                          "      GPLONLY symbols but the problem is more likely to be a coding or\n"
                          "      user error.  Contact the module supplier for assistance, only they\n"
                          "      can help you.\n\n");
}

TEST_CASE("GPL modules take GPLONLY_ symbols by their plain names", "[legacy][resolve]")
{
    FakeKernel kernel;
    kernel.symbols = {{"GPLONLY_secret", 0xc0100000}};
    SimpleModule module;
    module.writer.relocate(module.text, 0, R_386_32, module.writer.undefined("secret"));
    CHECK(InsmodRun(kernel, module.bytes()).status() == 0);
    CHECK(kernel.image_word(96) == 0xc0100000);
}

TEST_CASE("a weak undefined symbol becomes 0", "[legacy][resolve]")
{
    FakeKernel kernel;
    SimpleModule module;
    module.writer.relocate(module.text, 4, R_386_32,
                           module.writer.symbol("maybe", elf::shn_undef, {.binding = elf::stb_weak}));
    CHECK(InsmodRun(kernel, module.bytes()).status() == 0);
    CHECK(kernel.image_word(100) == 0);
}

TEST_CASE("unresolved symbols can be bound by the caller", "[legacy][resolve]")
{
    FakeKernel kernel;
    SimpleModule module;
    module.writer.relocate(module.text, 0, R_386_32, module.writer.undefined("lost"));
    InsmodOptions options;
    options.bind_unresolved = [](std::string_view name) {
        return name == "lost" ? std::optional(GuestAddr{0xc0700000}) : std::nullopt;
    };
    const InsmodRun run(kernel, module.bytes(), options);
    CHECK(run.status() == 0);
    CHECK(kernel.image_word(96) == 0xc0700000);
    REQUIRE(run.result.report.imports.size() == 1);
    CHECK(run.result.report.imports[0].provider == ResolvedImport::Provider::stub);
}

TEST_CASE("before init_module the caller learns every final address", "[legacy][insmod]")
{
    FakeKernel kernel;
    SimpleModule module;
    module.writer.symbol("helper", module.text, {.value = 4, .size = 4, .type = elf::stt_func});
    std::vector<std::string> seen;
    InsmodOptions options;
    options.before_init = [&](const LoadReport& report) {
        seen = kernel.log;
        const auto helper = std::ranges::find(report.symbols, "helper", &LoadedSymbol::name);
        REQUIRE(helper != report.symbols.end());
        CHECK(helper->address == kernel.base + 100);
        CHECK(helper->section == ".text");
    };
    CHECK(InsmodRun(kernel, module.bytes(), options).status() == 0);
    CHECK(seen.size() == 1);
}

TEST_CASE("a name that is loaded already is refused before the file is looked at", "[legacy][insmod]")
{
    FakeKernel kernel;
    kernel.modules = {{.name = "foo"}};
    const InsmodRun run(kernel, {});
    CHECK(run.status() == 1);
    CHECK(run.text.err == "insmod: a module named foo already exists\n");
}

TEST_CASE("create_module's errors have insmod's sentences; a lost race is no error", "[legacy][insmod]")
{
    const auto said = [](Errno error) {
        FakeKernel kernel;
        kernel.create_error = error;
        const InsmodRun run(kernel, SimpleModule().bytes());
        CHECK(kernel.log.size() == 1);
        return fmt::format("{}:{}", run.status(), run.text.err);
    };
    CHECK(said(Errno::eexist) == "0:");
    CHECK(said(Errno::eperm) == "1:./foo.o: create_module: Operation not permitted\n");
    CHECK(said(Errno::enomem).starts_with("1:./foo.o: can't allocate kernel memory for module; needed "));
}

TEST_CASE("a failing init_module is told, hinted at and undone", "[legacy][insmod]")
{
    FakeKernel kernel;
    kernel.init_error = Errno::enodev;
    const InsmodRun run(kernel, SimpleModule().bytes());
    CHECK(run.status() == 1);
    CHECK(run.text.err == "./foo.o: init_module: No such device\n");
    CHECK(run.text.out == init_hint);
    CHECK(kernel.log.back() == "delete_module(foo)");
}

TEST_CASE("a kernel without the calls is reported by the first of them", "[legacy][insmod]")
{
    FakeKernel kernel;
    kernel.query_error = Errno::enosys;
    const InsmodRun run(kernel, SimpleModule().bytes());
    CHECK(run.status() == 1);
    CHECK(run.text.err == "insmod: QM_MODULES: Function not implemented\n\n");
}

TEST_CASE("-n does all but the calls, -p stops before them", "[legacy][insmod]")
{
    FakeKernel kernel;
    kernel.modules = {{.name = "foo"}};
    const InsmodRun shown(kernel, SimpleModule().bytes(), {.map = true, .noload = true});
    CHECK(shown.status() == 0);
    CHECK(shown.text.out.find(".this           00000060  12340000  2**2\n") != std::string::npos);
    kernel.modules.clear();
    const InsmodRun probed(kernel, SimpleModule().bytes(), {.probe = true});
    CHECK(probed.status() == 0);
    CHECK(kernel.log.empty());
}

TEST_CASE("a relocation that cannot be done undoes create_module", "[legacy][insmod]")
{
    FakeKernel kernel;
    kernel.machine = find_arch("m68k");
    kernel.base = {0x00300000};
    kernel.symbols = {{"far", 0x00100000}};
    SimpleModule module({}, *kernel.machine);
    module.writer.relocate(module.text, 0, 5, module.writer.undefined("far"));
    const InsmodRun run(kernel, module.bytes());
    CHECK(run.status() == 1);
    CHECK(run.text.err == "./foo.o: Relocation overflow of type 5 for far\n");
    REQUIRE(run.result.report.explanations.size() == 1);
    CHECK(run.result.report.explanations[0] == "./foo.o: R_68K_PC16 in .text+0x0: 'far' is out of range");
    CHECK(kernel.log.back() == "delete_module(foo)");
}

TEST_CASE("mips bus error tables go into archdata", "[legacy][insmod][mips]")
{
    FakeKernel kernel;
    kernel.machine = find_arch("mips");
    kernel.base = {0x90000000};
    SimpleModule module({}, *kernel.machine);
    module.writer.section("__dbe_table", std::vector<std::uint8_t>(8), {.alignment = 4});
    const InsmodRun run(kernel, module.bytes());
    REQUIRE(run.status() == 0);
    const auto start = member(kernel, HeaderMember::archdata_start);
    REQUIRE(start != 0);
    CHECK(member(kernel, HeaderMember::archdata_end) - start == 8);
    const auto table =
        std::ranges::find(run.result.report.sections, "__dbe_table", &LoadedSection::name)->address.value;
    CHECK(kernel.image_word(start - kernel.base.value) == table);
    CHECK(kernel.image_word(start - kernel.base.value + 4) == table + 8);
}

TEST_CASE("each kind of bad file has modutils' sentence", "[legacy][insmod][bad]")
{
    const auto said = [](std::vector<std::byte> bytes) {
        FakeKernel kernel;
        const InsmodRun run(kernel, std::move(bytes));
        CHECK(run.status() == 1);
        CHECK(kernel.log.empty());
        return run.text.err;
    };
    const auto good = SimpleModule().bytes();
    const auto with = [&](std::size_t offset, unsigned size, std::uint64_t value) {
        auto bytes = good;
        store_unsigned(bytes.data() + offset, size, ByteOrder::little, value);
        return bytes;
    };
    CHECK(said({}) == "./foo.o: cannot read ELF header from ./foo.o\n");
    CHECK(said(std::vector<std::byte>(200)) == "./foo.o: ./foo.o is not an ELF file\n");
    CHECK(said(with(18, 2, 20)) == "./foo.o: ELF file ./foo.o not for this architecture\n");
    CHECK(said(with(4, 1, 2)) == "./foo.o: ELF file ./foo.o not for this architecture\n");
    CHECK(said(with(16, 2, 2)) == "./foo.o: ELF file ./foo.o not a relocatable object\n");
    CHECK(said(with(46, 2, 44)) == "./foo.o: section header size mismatch ./foo.o: 44 != 40\n");
    CHECK(said(with(32, 4, 0x7fffffff)) == "./foo.o: error reading ELF section headers ./foo.o: Success\n");
    ElfWriter writer;
    writer.section(".group", {1}, {.type = 17});
    CHECK(said(writer.bytes()) == "./foo.o: can't handle sections of type 17 ./foo.o\n");
}

TEST_CASE("a module cut off at any byte is refused without a call", "[legacy][insmod][bad]")
{
    SimpleModule module({"parm_x=i"});
    const auto data = module.writer.data({1, 0, 0, 0});
    module.writer.symbol("x", data, {});
    module.writer.relocate(data, 0, R_386_32, 1);
    const auto whole = module.bytes();
    for (std::size_t length = 0; length < whole.size(); ++length) {
        FakeKernel kernel;
        const InsmodRun run(kernel, {whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)},
                            {.arguments = {"x=1"}});
        CAPTURE(length);
        REQUIRE(run.status() == 1);
        REQUIRE(kernel.log.empty());
        REQUIRE_FALSE(run.text.err.empty());
    }
}

TEST_CASE("a missing file is named with the host's reason", "[legacy][insmod][bad]")
{
    FakeKernel kernel;
    test::Captured text;
    CHECK(insmod({.file = "./no/such.o"}, kernel, kernel, text.sinks()).exit_status == 1);
    CHECK(text.err == "insmod: ./no/such.o: No such file or directory\n");
    text.err.clear();
    CHECK(insmod({.file = "nowhere"}, kernel, kernel, text.sinks()).exit_status == 1);
    CHECK(text.err == "insmod: nowhere: no module by that name found\n");
}

TEST_CASE("the module's name is the path's last part without its ending", "[legacy][insmod]")
{
    CHECK(module_name_of("/lib/modules/foo.o") == "foo");
    CHECK(module_name_of("foo.mod") == "foo");
    CHECK(module_name_of("a/b.o.gz") == "b");
    CHECK(module_name_of("plain") == "plain");
    CHECK(module_name_of(".o") == ".o");
}
