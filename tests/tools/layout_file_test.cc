// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/layout_file.h"

#include "emu/cpu/cpu.h"
#include "loader/legacy/modinfo.h"
#include "tests/elf/elf_writer.h"

#include <catch2/catch.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace retromod;

namespace {

/// A module file of an architecture: code with init_module in it, data, and a description.
class ModuleOf {
public:
    explicit ModuleOf(const Arch& arch)
        : path_(std::filesystem::temp_directory_path() / ("layout-" + std::string(arch.name) + ".o"))
    {
        test::ElfWriter writer(arch);
        writer.modinfo({"kernel_version=2.4.20", "description=nothing much"});
        const auto text = writer.text(std::vector<std::uint8_t>(32));
        writer.data(std::vector<std::uint8_t>(8));
        writer.symbol("init_module", text, {.value = 16});
        const auto bytes = writer.bytes();
        std::ofstream(path_, std::ios::binary)
            .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    }
    ~ModuleOf() { std::filesystem::remove(path_); }
    ModuleOf(const ModuleOf&) = delete;
    ModuleOf& operator=(const ModuleOf&) = delete;
    std::string path() const { return path_; }

private:
    std::filesystem::path path_;
};

/// What `print` writes to standard output.
template <class Print>
std::string output_of(Print print)
{
    std::fflush(stdout);
    const int real = dup(STDOUT_FILENO);
    auto* file = std::tmpfile();
    REQUIRE(file);
    dup2(fileno(file), STDOUT_FILENO);
    print();
    std::fflush(stdout);
    dup2(real, STDOUT_FILENO);
    close(real);
    std::string text;
    std::rewind(file);
    for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) text += static_cast<char>(c);
    std::fclose(file);
    return text;
}

} // namespace

TEST_CASE("a module file of any architecture can be looked at, and those without an engine say so", "[tools][layout]")
{
    for (const auto& arch : arches()) {
        INFO(arch.name);
        const ModuleOf module(arch);
        int status = 1;
        const auto text = output_of([&] { status = print_file_layout(module.path()); });
        INFO(text);
        CHECK(status == 0);
        CHECK(text.find("ELF" + std::to_string(8 * arch.word_bytes) + (arch.order == ByteOrder::big ? " big" : " little"))
              != std::string::npos);
        CHECK(text.find("(" + std::string(arch.name) + ")") != std::string::npos);
        CHECK(text.find("  .text\n") != std::string::npos);
        CHECK(text.find("size_of_struct") != std::string::npos);
        const auto sentence = "no engine exists for " + std::string(arch.name);
        CHECK((text.find(sentence) != std::string::npos) == (find_cpu(arch) == nullptr));
    }
}

TEST_CASE("the struct module of a file has its size, init and header as insmod builds them", "[tools][layout]")
{
    const ModuleOf module(*find_arch("s390"));
    const auto text = output_of([&] { print_file_layout(module.path()); });
    INFO(text);
    CHECK(text.find("struct module of 96 bytes") != std::string::npos);
    CHECK(text.find("    44    4  init                     0x70\n") != std::string::npos);  // .this, then .text
    CHECK(text.find("    24    4  nsyms                     0x3\n") != std::string::npos);  // for ksymoops: the file, .text, .data
}

TEST_CASE("modinfo reads files of architectures without an engine", "[tools][layout]")
{
    for (const auto* name : {"s390", "ia64", "hppa", "sh", "cris"}) {
        INFO(name);
        const ModuleOf module(*find_arch(name));
        std::string text, said;
        const TextSinks sinks{[&](std::string_view part) { text += part; }, [&](std::string_view part) { said += part; }};
        CHECK(modinfo(module.path(), module.path(), "%d\\n", sinks));
        CHECK(text == "\"nothing much\"\n");
        CHECK(said.empty());
    }
}
