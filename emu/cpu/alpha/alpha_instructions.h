// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/cpu/alpha/alpha_machine.h"

#include <span>
#include <string_view>

namespace retromod {

/// How an instruction's fields are read: what the decoder, the disassembler and the tests go by.
enum class AlphaFormat : std::uint8_t {
    operate,    ///< ra, rb or an 8-bit literal, rc
    fp_operate, ///< fa, fb, fc
    to_fp,      ///< ra, fc
    from_fp,    ///< fa, rc
    fp_control, ///< fa
    address,    ///< ra, disp(rb); ra is the result
    load,
    store,             ///< ra, disp(rb)
    store_conditional, ///< the same; ra is value and result
    fp_load,
    fp_store,  ///< fa, disp(rb)
    branch,    ///< ra, target
    fp_branch, ///< fa, target
    call,      ///< ra, target: always taken, ra is the return address
    jump,      ///< ra, (rb), hint
    barrier,   ///< no operands
    prefetch,  ///< (rb)
    counter,   ///< ra
    pal,       ///< a function of 26 bits
};

/// The handlers of one instruction: the last two take an operand from what was handed over, instead of its register.
struct AlphaHandlers {
    AlphaHandler plain = nullptr;
    AlphaHandler with_a = nullptr; ///< ra, or null: it cannot be handed over
    AlphaHandler with_b = nullptr; ///< the same of rb
};

/// One instruction of the architecture.
struct AlphaInstruction {
    std::string_view name;
    std::uint8_t opcode;    ///< bits 31:26
    std::uint32_t function; ///< the further bits that name it, by opcode
    AlphaFormat format;
    AlphaHandlers run;
    AlphaHandlers run_literal = {}; ///< operate format with a literal in place of rb
};

extern const std::span<const AlphaInstruction> alpha_integer_instructions; ///< alpha_integer.cc
extern const std::span<const AlphaInstruction> alpha_media_instructions;   ///< alpha_media.cc
extern const std::span<const AlphaInstruction> alpha_memory_instructions;  ///< alpha_memory.cc
extern const std::span<const AlphaInstruction> alpha_branch_instructions;  ///< alpha_branch.cc
extern const std::span<const AlphaInstruction> alpha_fp_instructions;      ///< alpha_fp_moves.cc
extern const std::span<const AlphaInstruction> alpha_pal_instructions;     ///< alpha_pal.cc

/// All of them.
std::vector<AlphaInstruction> alpha_instructions();

/// What `word` is, or null when it is no instruction that this engine has.
const AlphaInstruction* find_alpha_instruction(std::uint32_t word);

/// The fields of an instruction word.
struct AlphaWord {
    std::uint32_t word;
    unsigned opcode() const { return word >> 26; }
    unsigned ra() const { return word >> 21 & 31; }
    unsigned rb() const { return word >> 16 & 31; }
    unsigned rc() const { return word & 31; }
    bool has_literal() const { return word >> 12 & 1; }
    unsigned literal() const { return word >> 13 & 0xff; }
    std::int64_t displacement() const { return static_cast<std::int16_t>(word); }
    std::uint64_t target(std::uint64_t pc) const
    {
        return pc + 4 + static_cast<std::uint64_t>(std::int64_t{static_cast<std::int32_t>(word << 11) >> 11} * 4);
    }
    std::uint32_t function() const;
};

/// Handlers that stand for no instruction of their own.
AlphaOp* alpha_no_operation(AlphaMachine&, AlphaOp*, std::uint64_t);
/// Calls the watcher. `value` and `b` are those of the instruction behind it; `c` is the number of bytes which that accesses,
/// 0 for none, `a` says how.
AlphaOp* alpha_watch(AlphaMachine&, AlphaOp*, std::uint64_t);
constexpr unsigned alpha_watch_writes = 1, alpha_watch_rounds = 2;
AlphaOp* alpha_illegal(AlphaMachine&, AlphaOp*, std::uint64_t);
AlphaOp* alpha_link(AlphaMachine&, AlphaOp*, std::uint64_t);  ///< goes where it leads
AlphaOp* alpha_entry(AlphaMachine&, AlphaOp*, std::uint64_t); ///< a kernel entry

} // namespace retromod
