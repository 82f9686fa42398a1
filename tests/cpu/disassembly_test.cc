// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/cpu.h"

#include <catch2/catch.hpp>

using namespace retromod;

namespace {

std::vector<Instruction> disassembled(std::string_view arch, const std::vector<int>& bytes)
{
    std::vector<std::byte> code;
    for (const int byte : bytes)
        code.push_back(static_cast<std::byte>(byte));
    return disassemble(*find_cpu(*find_arch(arch)), code, {0xc8800000});
}

} // namespace

TEST_CASE("i386 code is disassembled, and what is none becomes (bad) a byte at a time", "[cpu][disassembly]")
{
    const auto code = disassembled("i386", {0x8b, 0x44, 0x24, 4, 0xff, 0xff, 0xc3});
    REQUIRE(code.size() == 3);
    CHECK(code[0].text == "mov eax, dword ptr [esp + 4]");
    CHECK(code[0].bytes == 4);
    CHECK(code[1].text == "(bad)");
    CHECK(code[1].address == GuestAddr{0xc8800004});
    CHECK(code[1].bytes == 1);
    CHECK(code[2].text == "inc ebx");
}

TEST_CASE("MIPS code is disassembled in its byte order, and cut words are bad", "[cpu][disassembly]")
{
    CHECK(disassembled("mipsel", {0x08, 0x00, 0xe0, 0x03})[0].text == "jr $ra");
    CHECK(disassembled("mips", {0x03, 0xe0, 0x00, 0x08})[0].text == "jr $ra");
    const auto cut = disassembled("mipsel", {0x08, 0x00});
    REQUIRE(cut.size() == 1);
    CHECK(cut[0].text == "(bad)");
    CHECK(cut[0].bytes == 2);
}
