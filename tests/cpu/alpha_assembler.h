// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/cpu/alpha/alpha_instructions.h"

#include <stdexcept>
#include <string>

namespace retromod::alpha {

/// Register numbers by their names in the calling standard.
enum Register : unsigned {
    v0 = 0,
    t0,
    t1,
    t2,
    t3,
    t4,
    t5,
    t6,
    t7,
    s0,
    s1,
    s2,
    s3,
    s4,
    s5,
    s6,
    a0,
    a1,
    a2,
    a3,
    a4,
    a5,
    t8,
    t9,
    t10,
    t11,
    ra,
    pv,
    at,
    gp,
    sp,
    zero,
};

/// The row of that name in the engine's own tables.
inline const AlphaInstruction& row(std::string_view name)
{
    static const auto all = alpha_instructions();
    for (const auto& instruction : all)
        if (instruction.name == name) return instruction;
    throw std::invalid_argument("no Alpha instruction " + std::string(name));
}

/// An instruction word without its operands.
inline std::uint32_t opcode_word(const AlphaInstruction& instruction)
{
    const auto opcode = std::uint32_t{instruction.opcode} << 26;
    switch (instruction.format) {
    case AlphaFormat::operate:
    case AlphaFormat::fp_operate:
    case AlphaFormat::to_fp:
    case AlphaFormat::from_fp:
    case AlphaFormat::fp_control:
        return opcode | instruction.function << 5;
    case AlphaFormat::jump:
        return opcode | instruction.function << 14;
    default:
        return opcode | instruction.function;
    }
}

inline std::uint32_t fields(unsigned a, unsigned b, unsigned c = 0) { return a << 21 | b << 16 | c; }

inline std::uint32_t operate(std::string_view name, unsigned a, unsigned b, unsigned c)
{
    return opcode_word(row(name)) | fields(a, b, c);
}
inline std::uint32_t literal(std::string_view name, unsigned a, unsigned value, unsigned c)
{
    return opcode_word(row(name)) | fields(a, 0, c) | value << 13 | 1u << 12;
}
inline std::uint32_t memory(std::string_view name, unsigned a, int displacement, unsigned b)
{
    return opcode_word(row(name)) | fields(a, b) | (static_cast<std::uint32_t>(displacement) & 0xffff);
}
/// `words` is the distance from the next instruction.
inline std::uint32_t branch(std::string_view name, unsigned a, int words)
{
    return opcode_word(row(name)) | fields(a, 0) | (static_cast<std::uint32_t>(words) & 0x1fffff);
}
inline std::uint32_t jump(std::string_view name, unsigned a, unsigned b)
{
    return opcode_word(row(name)) | fields(a, b);
}
inline std::uint32_t pal(std::string_view name) { return opcode_word(row(name)); }
inline std::uint32_t misc(std::string_view name, unsigned a = 0, unsigned b = 0)
{
    return opcode_word(row(name)) | fields(a, b);
}
inline std::uint32_t ret() { return jump("ret", zero, ra); }

} // namespace retromod::alpha
