// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/capstone_handle.h"

#include <algorithm>

namespace retromod {
namespace {

constexpr unsigned word_bytes = 4;

std::vector<Instruction> disassemble_words(const Cpu& cpu, std::span<const std::byte> code, GuestAddr address)
{
    std::vector<Instruction> instructions;
    while (!code.empty()) {
        const auto size = std::min<unsigned>(word_bytes, static_cast<unsigned>(code.size()));
        instructions.push_back(cpu.disassemble_one(code, address).value_or(Instruction{address, size, "(bad)"}));
        code = code.subspan(size);
        address += size;
    }
    return instructions;
}

} // namespace

std::vector<Instruction> disassemble(const Cpu& cpu, std::span<const std::byte> code, GuestAddr address)
{
    if (cpu.disassemble_one) return disassemble_words(cpu, code, address);
    std::vector<Instruction> instructions;
    const CapstoneHandle capstone(cpu);
    const auto step = static_cast<unsigned>(capstone.unit());
    while (!code.empty()) {
        if (const auto* found = capstone.decode(code, address)) {
            std::string text = found->mnemonic;
            if (found->op_str[0]) text.append(" ").append(found->op_str);
            instructions.push_back({address, found->size, std::move(text)});
        } else {
            instructions.push_back({address, std::min<unsigned>(step, static_cast<unsigned>(code.size())), "(bad)"});
        }
        code = code.subspan(instructions.back().bytes);
        address += instructions.back().bytes;
    }
    return instructions;
}

} // namespace retromod
