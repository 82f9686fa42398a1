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

/// Bytes that a load or store of this opcode accesses. Source: Alpha Architecture Handbook, table of opcodes.
unsigned accessed_bytes(unsigned opcode)
{
    switch (opcode) {
    case 0x0a: // ldbu
    case 0x0e: return 1; // stb
    case 0x0c: // ldwu
    case 0x0d: return 2; // stw
    case 0x20: // ldf
    case 0x22: // lds
    case 0x24: // stf
    case 0x26: // sts
    case 0x28: // ldl
    case 0x2a: // ldl_l
    case 0x2c: // stl
    case 0x2e: return 4; // stl_c
    default: return 8;
    }
}

/// The operation before one that is watched.
AlphaOp watch_before(const AlphaInstruction& instruction, AlphaWord word, std::uint64_t pc)
{
    AlphaOp op(alpha_watch, pc);
    op.b = static_cast<std::uint8_t>(word.rb());
    op.value = word.displacement();
    switch (instruction.format) {
    case AlphaFormat::store:
    case AlphaFormat::store_conditional:
    case AlphaFormat::fp_store: op.a = alpha_watch_writes; break;
    case AlphaFormat::load:
    case AlphaFormat::fp_load:
        if (word.ra() == 31) return op; // a prefetch
        break;
    default: return op;
    }
    op.c = static_cast<std::uint8_t>(accessed_bytes(word.opcode()));
    const bool is_unaligned_quad = word.opcode() == 0x0b || word.opcode() == 0x0f;
    if (is_unaligned_quad) op.a |= alpha_watch_rounds;
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
    const auto most_ops = longest_block * (watcher ? 2 : 1);
    for (; code.size() >= 4 && ops.size() < most_ops; at += 4, code = code.subspan(4)) {
        const AlphaWord word{load<std::uint32_t>(code.data(), ByteOrder::little)};
        const auto* const instruction = find_alpha_instruction(word.word);
        if (!instruction) {
            ops.emplace_back(alpha_illegal, at);
            return ops;
        }
        if (watcher) ops.push_back(watch_before(*instruction, word, at));
        ops.push_back(translate_one(*instruction, word, at, handed));
        if (!watcher) handed = handed_over(*instruction, ops.back(), handed); // it may set registers
        if (!ends_block(instruction->format)) continue;
        ops.push_back(link_to(instruction->format == AlphaFormat::call ? word.target(at) : at + 4));
        ops.push_back(link_to(word.target(at)));
        return ops;
    }
    ops.push_back(link_to(at));
    return ops;
}

} // namespace retromod
