// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/capstone_handle.h"
#include "emu/cpu/memory_operand.h"

#include <algorithm>

namespace retromod {
namespace {

constexpr std::size_t longest_block = 4096; // bytes; Unicorn ends a block at its second page

bool covers(const MemoryOperand& operand, const Arch& arch, GuestAddr address)
{
    return arch.word(address.value - operand.address.value) < operand.bytes;
}

bool fits(const MemoryOperand& operand, const Arch& arch, const MemoryFault& fault)
{
    return covers(operand, arch, fault.address) && (fault.access == Access::write ? operand.writes : operand.reads);
}

// Capstone says nothing of registers that MIPS instructions write: the first operand is the destination, but for
// stores.
bool mips_writes_any(const cs_insn& instruction, const MemoryOperand& operand)
{
    const auto& mips = instruction.detail->mips;
    return mips.op_count > 0 && mips.operands[0].type == MIPS_OP_REG && mips.operands[0].reg == operand.base;
}

bool writes_any(const CapstoneHandle& capstone, const cs_insn& instruction, const MemoryOperand& operand, bool is_mips)
{
    if (is_mips) return mips_writes_any(instruction, operand);
    cs_regs read, written;
    std::uint8_t reads = 0, writes = 0;
    if (capstone_library().regs_access(capstone.handle(), &instruction, read, &reads, written, &writes) != CS_ERR_OK) return true;
    return std::any_of(written, written + writes,
                       [&](unsigned name) { return name && (name == operand.base || name == operand.index); });
}

bool ends_block(const CapstoneHandle& capstone, const cs_insn& instruction)
{
    return capstone_library().insn_group(capstone.handle(), &instruction, CS_GRP_JUMP) ||
           capstone_library().insn_group(capstone.handle(), &instruction, CS_GRP_CALL) ||
           capstone_library().insn_group(capstone.handle(), &instruction, CS_GRP_RET) ||
           capstone_library().insn_group(capstone.handle(), &instruction, CS_GRP_IRET);
}

} // namespace

FaultSearch search_fault(const Cpu& cpu, const AddressSpace& memory, const CpuContext& context, GuestAddr block,
                         const MemoryFault& fault)
{
    const CapstoneHandle capstone(cpu);
    const bool is_mips = cpu.capstone_arch == CS_ARCH_MIPS;
    auto code = memory.bytes(block, Access::execute);
    code = code.first(std::min(code.size(), longest_block));
    FaultSearch found;
    MemoryOperand first;
    bool unchanged = false; // the registers that `first` is addressed with still hold what they held there
    bool last = false;      // a delay slot
    for (auto address = block; !code.empty();) {
        const auto* instruction = capstone.decode(code, address);
        if (!instruction) break;
        for (const auto& operand : memory_operands(cpu, *instruction, context)) {
            if (!fits(operand, *cpu.arch, fault) || found.pc == address) continue;
            if (found.pc) return unchanged ? found : FaultSearch{{}, true}; // unchanged: the later one is out of reach
            found.pc = address;
            first = operand;
            unchanged = true;
        }
        if (found.pc) unchanged = unchanged && !writes_any(capstone, *instruction, first, is_mips);
        const bool ends = ends_block(capstone, *instruction);
        if (last || (ends && !is_mips)) break;
        last = ends;
        address += instruction->size;
        code = code.subspan(instruction->size);
    }
    return found;
}

std::optional<GuestAddr> locate_fault(const Cpu& cpu, const AddressSpace& memory, const CpuContext& context,
                                      GuestAddr block, const MemoryFault& fault)
{
    if (fault.access == Access::execute) return std::nullopt;
    return search_fault(cpu, memory, context, block, fault).pc;
}

std::optional<Access> access_of_instruction(const Cpu& cpu, const AddressSpace& memory, const CpuContext& context,
                                            GuestAddr pc, GuestAddr address)
{
    const CapstoneHandle capstone(cpu);
    const auto* instruction = capstone.decode(memory.bytes(pc, Access::execute), pc);
    if (!instruction) return std::nullopt;
    std::optional<Access> access;
    for (const auto& operand : memory_operands(cpu, *instruction, context)) {
        if (!covers(operand, *cpu.arch, address)) continue;
        if (operand.writes) return Access::write;
        access = Access::read;
    }
    return access;
}

} // namespace retromod
