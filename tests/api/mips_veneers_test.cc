// SPDX-License-Identifier: GPL-2.0-or-later
// A module of mips that was compiled without -mlong-calls: its calls of the kernel leave their 256 MB.
#include "emu/kernel/log.h"
#include "emu/kernel/module_list.h"
#include "tests/api/samples.h"
#include "tests/elf/elf_writer.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace retromod;
using test::ElfWriter;

namespace {

enum : std::uint32_t { jump26 = 4, hi16 = 5, lo16 = 6 };

// Says "across" twice: by a call, and in the function that it jumps to at its end.
const std::vector<std::uint32_t> init_module = {
    0x27bdffe8, // addiu $sp,$sp,-24
    0xafbf0014, // sw    $ra,20($sp)
    0x3c040000, // lui   $a0,%hi(message)
    0x0c000000, // jal   printk
    0x24840000, // addiu $a0,$a0,%lo(message)
    0x8fbf0014, // lw    $ra,20($sp)
    0x3c040000, // lui   $a0,%hi(message)
    0x24840000, // addiu $a0,$a0,%lo(message)
    0x08000000, // j     say
    0x27bd0018, // addiu $sp,$sp,24
    0x27bdffe8, // say: addiu $sp,$sp,-24
    0xafbf0014, // sw    $ra,20($sp)
    0x0c000000, // jal   printk
    0x00000000, // nop
    0x8fbf0014, // lw    $ra,20($sp)
    0x00001021, // move  $v0,$zero
    0x03e00008, // jr    $ra
    0x27bd0018, // addiu $sp,$sp,24
};
constexpr std::uint64_t say_at = 40;

std::vector<std::byte> module_with_short_calls(const Arch& arch)
{
    ElfWriter writer(arch);
    const auto text = writer.text(test::words(arch, init_module));
    const std::string greeting = "<6>across\n";
    std::vector<std::uint8_t> contents(greeting.begin(), greeting.end());
    contents.push_back(0);
    const auto data = writer.data(contents);
    writer.modinfo({"kernel_version=2.4.20", "license=GPL"});
    const auto message = writer.symbol("message", data, {.binding = elf::stb_local});
    const auto say = writer.symbol("say", text, {.value = say_at, .binding = elf::stb_local});
    writer.symbol("init_module", text, {.type = elf::stt_func});
    const auto printk = writer.undefined("printk");
    writer.relocate(text, 8, hi16, message);
    writer.relocate(text, 12, jump26, printk);
    writer.relocate(text, 16, lo16, message);
    writer.relocate(text, 24, hi16, message);
    writer.relocate(text, 28, lo16, message);
    writer.relocate(text, 32, jump26, say);
    writer.relocate(text, 48, jump26, printk);
    return writer.bytes();
}

} // namespace

TEST_CASE("a mips module whose calls leave their 256 MB runs", "[api][mips]")
{
    const auto* name = GENERATE("mips", "mipsel");
    CAPTURE(name);
    const auto& arch = *find_arch(name);
    MachineOptions options;
    options.arch = &arch;
    options.release = find_release("2.4.37.11");
    options.uts_release = "2.4.20";
    auto session = Session::in_memory(options);

    std::string folder = std::filesystem::temp_directory_path() / "retromod-veneers-XXXXXX";
    REQUIRE(mkdtemp(folder.data()));
    const auto path = folder + "/short.o";
    const auto module = module_with_short_calls(arch);
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(module.data()), static_cast<std::streamsize>(module.size()));
    const auto loaded = load(session, path);
    std::filesystem::remove_all(folder);

    CHECK(loaded.err == "");
    REQUIRE(loaded.result.exit_status == 0);
    const auto log = session.kernel().log().text();
    const auto first = log.find("across\n");
    REQUIRE(first != std::string::npos);
    CHECK(log.find("across\n", first + 1) != std::string::npos);
    const auto at = session.kernel().modules().find("short")->address().value;
    CHECK((at & 0xf0000000) != (arch.kernel_text.value & 0xf0000000)); // what the test is about
    CHECK(session.calls().delete_module("short").word == 0);
}
