// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/memory_operand.h"

#include "emu/cpu/i386_registers.h"

#include <algorithm>

namespace retromod {
namespace {

struct RegisterRow {
    x86_reg name;
    I386Register number;
};
constexpr RegisterRow i386_rows[] = {
    {X86_REG_EAX, i386_eax}, {X86_REG_ECX, i386_ecx}, {X86_REG_EDX, i386_edx}, {X86_REG_EBX, i386_ebx},
    {X86_REG_ESP, i386_esp}, {X86_REG_EBP, i386_ebp}, {X86_REG_ESI, i386_esi}, {X86_REG_EDI, i386_edi},
};

std::uint64_t i386_value(const CpuContext& context, x86_reg name)
{
    const auto* row = std::ranges::find(i386_rows, name, &RegisterRow::name);
    return row == std::end(i386_rows) ? 0 : context.reg[row->number];
}

void add_i386_operands(std::vector<MemoryOperand>& operands, const cs_insn& instruction, const CpuContext& context)
{
    if (instruction.id == X86_INS_LEA || instruction.id == X86_INS_NOP) return;
    const auto& x86 = instruction.detail->x86;
    for (const auto& operand : std::span(x86.operands, x86.op_count)) {
        if (operand.type != X86_OP_MEM) continue;
        const auto& mem = operand.mem;
        const auto scaled = i386_value(context, mem.index) * static_cast<std::uint64_t>(mem.scale);
        const auto address = i386_value(context, mem.base) + scaled + static_cast<std::uint64_t>(mem.disp);
        // Capstone 4 knows no access for some instructions: then it may be either.
        const bool either = operand.access == CS_AC_INVALID;
        operands.push_back({{address & 0xffffffff}, operand.size, either || (operand.access & CS_AC_READ),
                            either || (operand.access & CS_AC_WRITE), mem.base, mem.index});
    }
}

// What push, pop, call and ret do to the stack.
void add_i386_stack(std::vector<MemoryOperand>& operands, const cs_insn& instruction, const CpuContext& context)
{
    const auto esp = context.reg[i386_esp];
    switch (instruction.id) {
    case X86_INS_PUSH:
    case X86_INS_PUSHFD:
    case X86_INS_CALL: operands.push_back({{(esp - 4) & 0xffffffff}, 4, false, true, X86_REG_ESP, 0}); break;
    case X86_INS_PUSHAL: operands.push_back({{(esp - 32) & 0xffffffff}, 32, false, true, X86_REG_ESP, 0}); break;
    case X86_INS_POP:
    case X86_INS_POPFD:
    case X86_INS_RET: operands.push_back({{esp}, 4, true, false, X86_REG_ESP, 0}); break;
    case X86_INS_POPAL: operands.push_back({{esp}, 32, true, false, X86_REG_ESP, 0}); break;
    case X86_INS_LEAVE: operands.push_back({{context.reg[i386_ebp]}, 4, true, false, X86_REG_EBP, 0}); break;
    default: break;
    }
}

struct MipsAccess {
    mips_insn id;
    unsigned bytes;
    bool writes;
    bool partial = false; ///< of the word around the address: it says where in it
};
constexpr MipsAccess mips_accesses[] = {
    {MIPS_INS_LB, 1, false}, {MIPS_INS_LBU, 1, false}, {MIPS_INS_LH, 2, false}, {MIPS_INS_LHU, 2, false},
    {MIPS_INS_LW, 4, false}, {MIPS_INS_LL, 4, false}, {MIPS_INS_LWL, 4, false, true}, {MIPS_INS_LWR, 4, false, true},
    {MIPS_INS_SB, 1, true}, {MIPS_INS_SH, 2, true},
    {MIPS_INS_SW, 4, true}, {MIPS_INS_SC, 4, true}, {MIPS_INS_SWL, 4, true, true}, {MIPS_INS_SWR, 4, true, true},
};

void add_mips_operands(std::vector<MemoryOperand>& operands, const cs_insn& instruction, const CpuContext& context)
{
    const auto* row = std::ranges::find(mips_accesses, static_cast<mips_insn>(instruction.id), &MipsAccess::id);
    if (row == std::end(mips_accesses)) return;
    const auto& mips = instruction.detail->mips;
    for (const auto& operand : std::span(mips.operands, mips.op_count)) {
        if (operand.type != MIPS_OP_MEM) continue;
        const auto base = operand.mem.base == MIPS_REG_ZERO ? 0 : context.reg[operand.mem.base - MIPS_REG_0];
        const auto address = (base + static_cast<std::uint64_t>(operand.mem.disp)) & 0xffffffff;
        const GuestAddr start{row->partial ? round_down(address, 4) : address};
        operands.push_back({start, row->bytes, !row->writes, row->writes, operand.mem.base, 0});
    }
}

} // namespace

std::vector<MemoryOperand> memory_operands(const Cpu& cpu, const cs_insn& instruction, const CpuContext& context)
{
    std::vector<MemoryOperand> operands;
    if (cpu.capstone_arch == CS_ARCH_X86) {
        add_i386_operands(operands, instruction, context);
        add_i386_stack(operands, instruction, context);
    } else if (cpu.capstone_arch == CS_ARCH_MIPS) {
        add_mips_operands(operands, instruction, context);
    }
    return operands;
}

} // namespace retromod
