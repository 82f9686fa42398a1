// SPDX-License-Identifier: GPL-2.0-or-later
// Branches and jumps. Source: Alpha Architecture Reference Manual, chapter 4.3.
#include "emu/cpu/alpha/alpha_operate.h"

namespace retromod {
namespace {

using Word = std::uint64_t;

bool low_bit_clear(Word a) { return !(a & 1); }
bool low_bit_set(Word a) { return a & 1; }
bool equals_zero(Word a) { return a == 0; }
bool differs_from_zero(Word a) { return a != 0; }
bool less_than_zero(Word a) { return as_signed(a) < 0; }
bool at_most_zero(Word a) { return as_signed(a) <= 0; }
bool at_least_zero(Word a) { return as_signed(a) >= 0; }
bool above_zero(Word a) { return as_signed(a) > 0; }

template <auto Test, AlphaHanded handed> AlphaOp* branch_if(AlphaMachine& machine, AlphaOp* op, Word last)
{
    return follow_branch(machine, op + 1, Test(operand_a<handed>(machine, *op, last)));
}

AlphaOp* branch_and_link(AlphaMachine& machine, AlphaOp* op, Word)
{
    machine.r[op->a] = op->pc + 4;
    return follow(machine, op + 1);
}

AlphaOp* jump_and_link(AlphaMachine& machine, AlphaOp* op, Word)
{
    const auto target = machine.r[op->b] & ~Word{3}; // first: ra and rb may be the same
    machine.r[op->a] = op->pc + 4;
    return jump(machine, target);
}

template <auto Test> constexpr AlphaInstruction branch(std::string_view name, std::uint8_t opcode)
{
    return {name, opcode, 0, AlphaFormat::branch, {branch_if<Test, AlphaHanded::none>, branch_if<Test, AlphaHanded::a>}};
}

constexpr AlphaInstruction rows[] = {
    {"jmp", 0x1a, 0, AlphaFormat::jump, jump_and_link},
    {"jsr", 0x1a, 1, AlphaFormat::jump, jump_and_link},
    {"ret", 0x1a, 2, AlphaFormat::jump, jump_and_link},
    {"jsr_coroutine", 0x1a, 3, AlphaFormat::jump, jump_and_link},
    {"br", 0x30, 0, AlphaFormat::call, branch_and_link},
    {"bsr", 0x34, 0, AlphaFormat::call, branch_and_link},
    branch<low_bit_clear>("blbc", 0x38),
    branch<equals_zero>("beq", 0x39),
    branch<less_than_zero>("blt", 0x3a),
    branch<at_most_zero>("ble", 0x3b),
    branch<low_bit_set>("blbs", 0x3c),
    branch<differs_from_zero>("bne", 0x3d),
    branch<at_least_zero>("bge", 0x3e),
    branch<above_zero>("bgt", 0x3f),
};

} // namespace

const std::span<const AlphaInstruction> alpha_branch_instructions = rows;

} // namespace retromod
