// SPDX-License-Identifier: GPL-2.0-or-later
// One i386 instruction, taken apart as far as re-encoding it for a 64-bit host needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace retromod {

/// What the translator makes of an instruction.
enum class I386Form : std::uint8_t {
    illegal, ///< none that is run
    copy,    ///< its bytes, with the memory operand in the guest's window
    implicit, ///< the same, with a memory operand that no ModRM byte names
    rare,    ///< done by a function
    inc_dec, ///< of a register, 40 to 4F
    push_register, pop_register, push_all, pop_all, push_immediate, push_memory, pop_memory, push_flags, pop_flags,
    enter, leave,
    string_to,      ///< stos, scas: at edi
    string_to_from, ///< movs, cmps: at edi and esi
    lea,
    jump_if, loop, jump, jump_indirect, call, call_indirect, ret,
    cli, sti, cld, std,
};

struct I386Instruction {
    std::span<const std::uint8_t> bytes; ///< the whole instruction
    I386Form form = I386Form::illegal;
    std::uint8_t opcode = 0;
    bool two_bytes = false;  ///< the opcode follows a 0F
    bool fpu = false;        ///< works on x87, MMX or SSE registers
    bool operand16 = false, address16 = false, lock = false;
    std::uint8_t repeat = 0;  ///< F2, F3 or 0
    std::uint8_t segment = 0; ///< 64 (fs), 65 (gs) or 0: the others are flat
    bool has_modrm = false;
    std::uint8_t modrm = 0, sib = 0;
    std::int32_t displacement = 0;
    std::int32_t immediate = 0; ///< sign-extended; of enter its first two bytes
    std::uint8_t immediate_at = 0, immediate_bytes = 0;

    unsigned mod() const { return modrm >> 6; }
    unsigned reg() const { return modrm >> 3 & 7; }
    unsigned rm() const { return modrm & 7; }
    bool has_sib() const { return has_modrm && !address16 && mod() != 3 && rm() == 4; }
    bool has_memory() const { return has_modrm && mod() != 3; }
    /// Whether the byte is the operand of a branch whose target is known: relative to the next instruction.
    std::uint32_t target(std::uint32_t next) const { return next + static_cast<std::uint32_t>(immediate); }
};

enum class I386Decoding : std::uint8_t { whole, truncated };

/// Takes the instruction at the start of `code` apart. Truncated: it goes on behind the end of `code`.
I386Decoding decode_i386(std::span<const std::byte> code, I386Instruction& into);

} // namespace retromod
