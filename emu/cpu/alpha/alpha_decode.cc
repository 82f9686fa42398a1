// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/alpha/alpha_instructions.h"

#include <unordered_map>

namespace retromod {
namespace {

std::uint32_t key(unsigned opcode, std::uint32_t function) { return opcode << 26 | function; }

constexpr std::size_t longest_block = 64; // instructions

std::uint8_t destination(unsigned number)
{
    return static_cast<std::uint8_t>(number == 31 ? AlphaMachine::sink : number);
}

bool ends_block(AlphaFormat format)
{
    switch (format) {
    case AlphaFormat::branch:
    case AlphaFormat::fp_branch:
    case AlphaFormat::call:
    case AlphaFormat::jump:
        return true;
    default:
        return false;
    }
}

AlphaOp link_to(std::uint64_t pc)
{
    AlphaOp link(alpha_link, pc);
    link.first = nullptr;
    return link;
}

/// The register whose value an instruction hands over to the next one, given that of the instruction before; `sink` for
/// none.
unsigned handed_over(const AlphaInstruction& instruction, const AlphaOp& op, unsigned before)
{
    if constexpr (!tail_calls) return AlphaMachine::sink;
    switch (instruction.format) {
    case AlphaFormat::operate:
        return op.c;
    case AlphaFormat::address:
        return op.a;
    case AlphaFormat::load:
        return op.a == 31 ? AlphaMachine::sink : op.a;
    case AlphaFormat::store:
    case AlphaFormat::fp_store:
        return before;
    default:
        return AlphaMachine::sink;
    }
}

/// The handler for operands of which register `handed` was handed over.
AlphaHandler choose(const AlphaHandlers& handlers, AlphaWord word, unsigned handed)
{
    if (handlers.with_a && word.ra() == handed) return handlers.with_a;
    if (handlers.with_b && word.rb() == handed) return handlers.with_b;
    return handlers.plain;
}

AlphaOp translate_one(const AlphaInstruction& instruction, AlphaWord word, std::uint64_t pc, unsigned handed)
{
    AlphaOp op(choose(instruction.run, word, handed), pc);
    op.a = static_cast<std::uint8_t>(word.ra());
    op.b = static_cast<std::uint8_t>(word.rb());
    op.c = destination(word.rc());
    op.value = word.displacement();
    switch (instruction.format) {
    case AlphaFormat::operate:
        if (!word.has_literal()) break;
        op.run = choose(instruction.run_literal, word, handed);
        op.value = word.literal();
        break;
    case AlphaFormat::load:
    case AlphaFormat::fp_load: // into register 31 it is a prefetch, or the kernel's no-operation
        if (op.a == 31) op.run = alpha_no_operation;
        break;
    case AlphaFormat::store_conditional:
        op.c = destination(word.ra());
        break;
    case AlphaFormat::address:
    case AlphaFormat::call:
    case AlphaFormat::jump:
    case AlphaFormat::counter:
        op.a = destination(word.ra());
        break;
    case AlphaFormat::fp_control:
        op.c = destination(word.ra());
        break;
    case AlphaFormat::pal:
        op.value = word.function();
        break;
    default:
        break;
    }
    return op;
}

} // namespace

std::uint32_t AlphaWord::function() const
{
    switch (opcode()) {
    case 0x00:
        return word & 0x3ffffff;
    case 0x10:
    case 0x11:
    case 0x12:
    case 0x13:
    case 0x1c:
        return word >> 5 & 0x7f;
    case 0x14:
    case 0x15:
    case 0x16:
    case 0x17:
        return word >> 5 & 0x7ff;
    case 0x18:
        return word & 0xffff;
    case 0x1a:
        return word >> 14 & 3;
    default:
        return 0;
    }
}

std::vector<AlphaInstruction> alpha_instructions()
{
    std::vector<AlphaInstruction> all;
    for (const auto group : {alpha_integer_instructions, alpha_media_instructions, alpha_memory_instructions,
                             alpha_branch_instructions, alpha_fp_instructions, alpha_pal_instructions})
        all.insert(all.end(), group.begin(), group.end());
    return all;
}

const AlphaInstruction* find_alpha_instruction(std::uint32_t word)
{
    static const auto all = alpha_instructions();
    static const auto by_key = [] {
        std::unordered_map<std::uint32_t, const AlphaInstruction*> map;
        for (const auto& instruction : all)
            map.emplace(key(instruction.opcode, instruction.function), &instruction);
        return map;
    }();
    const AlphaWord fields{word};
    const auto found = by_key.find(key(fields.opcode(), fields.function()));
    if (found == by_key.end()) return nullptr;
    const bool takes_no_literal = found->second->format == AlphaFormat::operate && !found->second->run_literal.plain;
    return takes_no_literal && fields.has_literal() ? nullptr : found->second;
}

std::vector<AlphaOp> AlphaMachine::translate(std::uint64_t at, std::span<const std::byte> code) const
{
    std::vector<AlphaOp> ops;
    if (handler && entries.contains({at})) {
        ops.emplace_back(alpha_entry, at);
        const AlphaWord first{load<std::uint32_t>(code.data(), ByteOrder::little)};
        const bool is_return = first.opcode() == 0x1a && (first.word >> 14 & 3) == 2; // a jump, by its hint
        ops[0].b = static_cast<std::uint8_t>(is_return ? first.rb() : zero);
        if (is_return) return ops;
    }
    unsigned handed = sink;
    for (; code.size() >= 4 && ops.size() < longest_block; at += 4, code = code.subspan(4)) {
        const AlphaWord word{load<std::uint32_t>(code.data(), ByteOrder::little)};
        const auto* const instruction = find_alpha_instruction(word.word);
        if (!instruction) {
            ops.emplace_back(alpha_illegal, at);
            return ops;
        }
        ops.push_back(translate_one(*instruction, word, at, handed));
        handed = handed_over(*instruction, ops.back(), handed);
        if (!ends_block(instruction->format)) continue;
        ops.push_back(link_to(instruction->format == AlphaFormat::call ? word.target(at) : at + 4));
        ops.push_back(link_to(word.target(at)));
        return ops;
    }
    ops.push_back(link_to(at));
    return ops;
}

} // namespace retromod
