// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/legacy/insmod_run.h"

#include <catch2/catch.hpp>

using namespace retromod;
using test::FakeKernel;
using test::InsmodRun;
using test::SimpleModule;

namespace {

constexpr std::size_t room = 32; // bytes of each parameter's variable

/// Loads a module with one parameter `p` of the given declaration and 32 bytes of room.
struct ParameterRun {
    FakeKernel kernel;
    std::optional<InsmodRun> run;
    std::uint64_t at = 0;

    ParameterRun(const std::string& declaration, const std::vector<std::string>& arguments, const Arch& arch = i386())
    {
        kernel.machine = &arch;
        SimpleModule module({"parm_p=" + declaration}, arch);
        const auto data = module.writer.data(std::vector<std::uint8_t>(room, 0xee));
        module.writer.symbol("p", data, {});
        InsmodOptions options;
        options.arguments = arguments;
        run.emplace(kernel, module.bytes(), options);
        const auto& sections = run->result.report.sections;
        const auto found = std::ranges::find(sections, ".data", &LoadedSection::name);
        if (found != sections.end()) at = found->address - kernel.base;
    }
    const std::string& err() const { return run->text.err; }
    std::uint32_t word(std::size_t index) const { return kernel.image_word(at + 4 * index); }
    std::string text(std::size_t offset) const
    {
        return reinterpret_cast<const char*>(kernel.image.data() + at + offset);
    }
    std::string pointed(std::size_t index) const { return kernel.image_text(word(index)); }
};

std::string refusal(const std::string& declaration, const std::string& argument)
{
    const ParameterRun run(declaration, {argument});
    CHECK(run.run->status() == 1);
    CHECK(run.kernel.log.empty());
    return run.err();
}

} // namespace

TEST_CASE("integers are stored in their size and the machine's byte order", "[legacy][parameters]")
{
    CHECK(ParameterRun("i", {"p=0x300"}).word(0) == 0x300);
    CHECK(ParameterRun("i", {"p=-1"}).word(0) == 0xffffffff);
    CHECK(ParameterRun("i", {"p=010"}).word(0) == 8);
    CHECK(ParameterRun("l", {"p=99999999999"}).word(0) == 0xffffffff);
    CHECK(ParameterRun("h", {"p=7"}).word(0) == 0xeeee0007);
    CHECK(ParameterRun("b", {"p=513"}).word(0) == 0xeeeeee01);
    CHECK(ParameterRun("h", {"p=7"}, *find_arch("mips")).word(0) == 0x0007eeee);
}

TEST_CASE("an array takes as many values as its range says", "[legacy][parameters]")
{
    const ParameterRun two("1-4i", {"p=1,0x20"});
    CHECK(two.word(0) == 1);
    CHECK(two.word(1) == 0x20);
    CHECK(two.word(2) == 0xeeeeeeee);
    CHECK(refusal("1-4i", "p=1,2,3,4,5") == "./foo.o: too many values for p (max 4)\n");
    CHECK(refusal("2-4i", "p=1") == "./foo.o: too few values for p (min 2)\n");
    CHECK(refusal("2i", "p=1") == "./foo.o: too few values for p (min 2)\n");
    CHECK(ParameterRun("2i", {"p=1, 2"}).word(1) == 2);
    CHECK(refusal("i", "p=1,2") == "./foo.o: too many values for p (max 1)\n");
}

TEST_CASE("an empty value stores nothing and counts as one", "[legacy][parameters]")
{
    const ParameterRun run("1-4i", {"p="});
    CHECK(run.run->status() == 0);
    CHECK(run.word(0) == 0xeeeeeeee);
}

TEST_CASE("what is no number is refused at its first character", "[legacy][parameters]")
{
    CHECK(refusal("i", "p=abc") == "./foo.o: invalid argument syntax for p: 'a'\n");
    CHECK(refusal("i", "p=12x") == "./foo.o: invalid argument syntax for p: 'x'\n");
    CHECK(refusal("i", "p=0x") == "./foo.o: invalid argument syntax for p: 'x'\n");
    CHECK(ParameterRun("i", {"p=12  "}).word(0) == 12);
}

TEST_CASE("strings become pointers, split at commas unless quoted", "[legacy][parameters]")
{
    CHECK(ParameterRun("s", {"p=eth0"}).pointed(0) == "eth0");
    const ParameterRun list("1-4s", {"p=one,two"});
    CHECK(list.pointed(0) == "one");
    CHECK(list.pointed(1) == "two");
    CHECK(ParameterRun("s", {"p=\"a,b\""}).pointed(0) == "a,b");
    CHECK(ParameterRun("s", {R"(p="\t\101\x\"\\")"}).pointed(0) == "\tAx\"\\");
    CHECK(ParameterRun("s", {R"(p="\08")"}).pointed(0).empty());
    CHECK(refusal("s", "p=\"open") == "./foo.o: improperly terminated string argument for p\n");
    CHECK(refusal("s", "p=\"open\\") == "./foo.o: improperly terminated string argument for p\n");
    CHECK(refusal("s", "p=\"a\"b") == "./foo.o: invalid argument syntax for p: 'b'\n");
}

TEST_CASE("of c8 the longest accepted string has 6 characters", "[legacy][parameters]")
{
    CHECK(ParameterRun("c8", {"p=123456"}).text(0) == "123456");
    CHECK(refusal("c8", "p=1234567") == "./foo.o: string too long for p (max 7)\n");
    const ParameterRun list("1-2c8", {"p=ab,cd"});
    CHECK(list.text(0) == "ab");
    CHECK(list.text(8) == "cd");
    CHECK(refusal("c", "p=x").ends_with("./foo.o: parameter type 'c' for p must be followed by the maximum size\n"));
}

TEST_CASE("values beyond the variable's section are refused, not written", "[legacy][parameters][bad]")
{
    CHECK(refusal("1-40i", "p=1,2,3,4,5,6,7,8,9") ==
          "./foo.o: parameter p does not fit: .data+0x20 needs 4 bytes, the section has 32\n");
    CHECK(refusal("c99", "p=" + std::string(60, 'x')).find("does not fit") != std::string::npos);
}

TEST_CASE("a parameter that is not declared is named with its parm_ prefix", "[legacy][parameters]")
{
    CHECK(refusal("i", "q=1") == "./foo.o: invalid parameter parm_q\n");
}

TEST_CASE("arguments without '=' are skipped", "[legacy][parameters]")
{
    CHECK(ParameterRun("i", {"nonsense", "p=5"}).word(0) == 5);
}

TEST_CASE("bad declarations are warned of, the first one only", "[legacy][parameters]")
{
    const auto warning = [](const std::string& declaration) {
        const ParameterRun run(declaration, {});
        CHECK(run.run->status() == 0);
        CHECK(run.err().empty());
        const auto& out = run.run->text.out;
        CHECK(out.ends_with("Module foo loaded, with warnings\n"));
        return out.substr(0, out.find('\n'));
    };
    CHECK(warning("4-1i") == "Warning: ./foo.o parameter p has max < min!");
    CHECK(warning("c") == "./foo.o parameter p has no size after 'c'!");
    CHECK(warning("") == "./foo.o parameter p has no format character!");
    CHECK(warning("z") == "./foo.o parameter p has unknown format character 'z'");
    CHECK(warning("1-MAX_UNITSi") == "Warning: ./foo.o parameter p has max < min!");
    CHECK(warning("iq") == "./foo.o parameter p has unknown format modifier 'q'");

    FakeKernel kernel;
    const InsmodRun missing(kernel, SimpleModule({"parm_lost=i", "parm_other=i", "parm_desc_lost=text"}).bytes());
    CHECK(missing.status() == 0);
    CHECK(missing.text.out ==
          "Warning: ./foo.o symbol for parameter lost not found\nModule foo loaded, with warnings\n");
}

TEST_CASE("a persistent string or a declaration without value stops the load", "[legacy][parameters]")
{
    CHECK(refusal("sp", "unused") == "./foo.o: parameter p is invalid persistent string\n");
    FakeKernel kernel;
    const InsmodRun run(kernel, SimpleModule({"parm_x"}).bytes());
    CHECK(run.status() == 1);
    CHECK(run.text.err == "./foo.o: parameter parm_x found with no value\n");
}

TEST_CASE("a declared parameter without variable of its own is refused", "[legacy][parameters]")
{
    FakeKernel kernel;
    kernel.symbols = {{"jiffies", 0xc0300000}};
    SimpleModule module({"parm_jiffies=i"});
    module.writer.undefined("jiffies");
    const InsmodRun run(kernel, module.bytes(), {.arguments = {"jiffies=1"}});
    CHECK(run.status() == 1);
    CHECK(run.text.err == "./foo.o: symbol for parameter jiffies not found\n");
}

TEST_CASE("without .modinfo a value's first character decides its type", "[legacy][parameters]")
{
    FakeKernel kernel;
    test::ElfWriter writer;
    const std::string version = "2.4.20";
    std::vector<std::uint8_t> rodata(version.begin(), version.end());
    rodata.push_back(0);
    const auto section = writer.section(".rodata", rodata, {});
    const auto data = writer.data(std::vector<std::uint8_t>(16));
    writer.symbol("kernel_version", section, {});
    writer.symbol("number", data, {});
    writer.symbol("text", data, {.value = 8});
    const InsmodRun run(kernel, writer.bytes(), {.arguments = {"number=5,6", "text=eth0"}});
    REQUIRE(run.status() == 0);
    const auto at = std::ranges::find(run.result.report.sections, ".data", &LoadedSection::name)->address - kernel.base;
    CHECK(kernel.image_word(at) == 5);
    CHECK(kernel.image_word(at + 4) == 6);
    CHECK(kernel.image_text(kernel.image_word(at + 8)) == "eth0");
    CHECK(run.result.report.parameters.size() == 2);
}
