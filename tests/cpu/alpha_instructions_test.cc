// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/cpu/alpha_cases.h"

#include <catch2/catch.hpp>

#include <set>

using namespace retromod;
using namespace retromod::alpha;

TEST_CASE("each Alpha instruction does on random operands what it does under qemu-alpha", "[cpu][alpha][qemu]")
{
    constexpr int rounds = 30;
    Cases cases(20240611);
    for (int round = 0; round < rounds; ++round)
        for (const auto& instruction : alpha_instructions())
            if (Cases::is_comparable(instruction)) cases.add(instruction);
    CHECK(cases.size() > 4000);
    for (const auto& difference : cases.compare())
        FAIL_CHECK(difference);
}

TEST_CASE("Alpha instructions on end do on each other's results what they do under qemu-alpha", "[cpu][alpha][qemu]")
{
    Cases cases(19920225);
    while (cases.size() < 8000) cases.add_chain();
    const auto differences = cases.compare();
    CHECK(differences.empty());
    for (const auto& difference : differences)
        FAIL_CHECK(difference);
}

TEST_CASE("every Alpha instruction of the tables is decoded as itself, whatever its operands", "[cpu][alpha]")
{
    std::mt19937 random(7);
    for (const auto& instruction : alpha_instructions()) {
        INFO(instruction.name);
        for (int round = 0; round < 50; ++round) {
            auto word = opcode_word(instruction);
            if (instruction.format != AlphaFormat::pal) word |= fields(random() % 32, random() % 32);
            if (instruction.format == AlphaFormat::operate) word |= random() % 32;
            const auto* const found = find_alpha_instruction(word);
            REQUIRE(found);
            CHECK(found->name == instruction.name);
        }
    }
}

TEST_CASE("no two Alpha instructions have one encoding or one name", "[cpu][alpha]")
{
    std::set<std::uint32_t> words;
    std::set<std::string_view> names;
    for (const auto& instruction : alpha_instructions()) {
        CHECK(words.insert(opcode_word(instruction)).second);
        CHECK(names.insert(instruction.name).second);
    }
}

TEST_CASE("the Alpha disassembler names what the engine executes, and nothing else", "[cpu][alpha][disassembly]")
{
    const auto& cpu = *find_cpu(*find_arch("alpha"));
    std::mt19937 random(11);
    for (int round = 0; round < 20000; ++round) {
        const auto word = static_cast<std::uint32_t>(random());
        const auto* const instruction = find_alpha_instruction(word);
        const auto text = disassemble(cpu, std::as_bytes(std::span(&word, 1)), {0x1000}).at(0).text;
        CHECK((text == "(bad)") == (instruction == nullptr));
    }
}

TEST_CASE("the Alpha disassembler writes operands as the GNU tools do", "[cpu][alpha][disassembly]")
{
    struct Row {
        std::uint32_t word;
        const char* text;
    };
    const auto row = GENERATE(values<Row>({{0x23defff0, "lda sp,-16(sp)"},
                                           {0xb75e0000, "stq ra,0(sp)"},
                                           {0x6b5b4000, "jsr ra,(t12)"},
                                           {0x6bfa8001, "ret zero,(ra)"},
                                           {0x47ff041f, "nop"},
                                           {0x2ffe0000, "unop"},
                                           {0x2ffe0008, "ldq_u zero,8(sp)"},
                                           {0x2fff0000, "unop"},
                                           {0x40411402, "addq t1,0x8,t1"},
                                           {0x47e0f400, "mov 0x7,v0"},
                                           {0x47f00410, "mov a0,a0"},
                                           {0xe4200001, "beq t0,0x1008"},
                                           {0xc3ffffff, "br zero,0x1000"},
                                           {0x00000035, "swpipl"},
                                           {0x60004000, "mb"},
                                           {0x8c300008, "ldt $f1,8(a0)"},
                                           {0x04000000, "(bad)"}}));
    const auto& cpu = *find_cpu(*find_arch("alpha"));
    CHECK(disassemble(cpu, std::as_bytes(std::span(&row.word, 1)), {0x1000}).at(0).text == row.text);
}
