// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/memory_operand.h"

#include "emu/cpu/i386_registers.h"
#include "emu/cpu/x86_64_registers.h"

#include <algorithm>

namespace retromod {
namespace {

struct RegisterRow {
    x86_reg name;
    unsigned number;
};
constexpr RegisterRow i386_rows[] = {
    {X86_REG_EAX, i386_eax}, {X86_REG_ECX, i386_ecx}, {X86_REG_EDX, i386_edx}, {X86_REG_EBX, i386_ebx},
    {X86_REG_ESP, i386_esp}, {X86_REG_EBP, i386_ebp}, {X86_REG_ESI, i386_esi}, {X86_REG_EDI, i386_edi},
};
constexpr RegisterRow x86_64_rows[] = {
    {X86_REG_RAX, x86_64_rax}, {X86_REG_RCX, x86_64_rcx}, {X86_REG_RDX, x86_64_rdx}, {X86_REG_RBX, x86_64_rbx},
    {X86_REG_RSP, x86_64_rsp}, {X86_REG_RBP, x86_64_rbp}, {X86_REG_RSI, x86_64_rsi}, {X86_REG_RDI, x86_64_rdi},
    {X86_REG_R8, x86_64_r8},   {X86_REG_R9, x86_64_r9},   {X86_REG_R10, x86_64_r10}, {X86_REG_R11, x86_64_r11},
    {X86_REG_R12, x86_64_r12}, {X86_REG_R13, x86_64_r13}, {X86_REG_R14, x86_64_r14}, {X86_REG_R15, x86_64_r15},
    {X86_REG_FS, x86_64_fs_base}, {X86_REG_GS, x86_64_gs_base},
};

/// The instruction set of the i386 and of x86-64, with the registers of one of them.
struct X86Operands {
    const Cpu& cpu;
    const CpuContext& context;
    std::vector<MemoryOperand>& operands;

    bool is_64() const { return cpu.arch->word_bytes == 8; }
    unsigned word() const { return cpu.arch->word_bytes; }

    std::uint64_t value(unsigned name) const
    {
        const auto rows = is_64() ? std::span<const RegisterRow>(x86_64_rows) : i386_rows;
        const auto row = std::ranges::find(rows, static_cast<x86_reg>(name), &RegisterRow::name);
        return row == rows.end() ? 0 : context.reg[row->number];
    }

    void add_named(const cs_insn& instruction)
    {
        if (instruction.id == X86_INS_LEA || instruction.id == X86_INS_NOP) return;
        const auto& x86 = instruction.detail->x86;
        for (const auto& operand : std::span(x86.operands, x86.op_count)) {
            if (operand.type != X86_OP_MEM) continue;
            const auto& mem = operand.mem;
            const auto base = mem.base == X86_REG_RIP ? instruction.address + instruction.size : value(mem.base);
            const auto segment = is_64() ? value(mem.segment) : 0; // the i386's are flat
            const auto address = segment + base + value(mem.index) * static_cast<std::uint64_t>(mem.scale) +
                                 static_cast<std::uint64_t>(mem.disp);
            // Capstone 4 knows no access for some instructions: then it may be either.
            const bool either = operand.access == CS_AC_INVALID;
            operands.push_back({{cpu.arch->word(address)}, operand.size, either || (operand.access & CS_AC_READ),
                                either || (operand.access & CS_AC_WRITE), mem.base, mem.index});
        }
    }

    void add_stack(unsigned base, std::uint64_t distance_below, unsigned bytes, Access access)
    {
        const auto at = cpu.arch->word(value(base) - distance_below);
        operands.push_back({{at}, bytes, access == Access::read, access == Access::write, base, 0});
    }

    // What push, pop, call and ret do to the stack.
    void add_stack(const cs_insn& instruction)
    {
        const unsigned sp = is_64() ? X86_REG_RSP : X86_REG_ESP, bp = is_64() ? X86_REG_RBP : X86_REG_EBP;
        const unsigned all = 8 * word();
        switch (instruction.id) {
        case X86_INS_PUSH:
        case X86_INS_PUSHFD:
        case X86_INS_PUSHFQ:
        case X86_INS_CALL: return add_stack(sp, word(), word(), Access::write);
        case X86_INS_PUSHAL: return add_stack(sp, all, all, Access::write);
        case X86_INS_POP:
        case X86_INS_POPFD:
        case X86_INS_POPFQ:
        case X86_INS_RET: return add_stack(sp, 0, word(), Access::read);
        case X86_INS_POPAL: return add_stack(sp, 0, all, Access::read);
        case X86_INS_LEAVE: return add_stack(bp, 0, word(), Access::read);
        default: return;
        }
    }
};

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
        X86Operands x86{cpu, context, operands};
        x86.add_named(instruction);
        x86.add_stack(instruction);
    } else if (cpu.capstone_arch == CS_ARCH_MIPS) {
        add_mips_operands(operands, instruction, context);
    }
    return operands;
}

} // namespace retromod
