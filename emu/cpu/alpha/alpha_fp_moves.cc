// SPDX-License-Identifier: GPL-2.0-or-later
// What moves floating-point data without computing: loads, stores, sign copies, conditional moves, branches. Kernel
// code is compiled without floating point, so its arithmetic is no instruction of this engine. Source: Alpha
// Architecture Reference Manual, chapters 4.7 to 4.10; formats in memory: chapter 2.2.
#include "emu/cpu/alpha/alpha_access.h"

namespace retromod {
namespace {

using Word = std::uint64_t;
constexpr Word sign = Word{1} << 63, exponent = Word{0x7ff} << 52;

// --- formats in memory ------------------------------------------------------------------------------------------

/// The 8-bit exponent of a single in the 11 bits of a register.
constexpr Word wide_exponent(Word narrow, bool has_infinity)
{
    if (narrow == 0) return 0;
    if (has_infinity && narrow == 0xff) return 0x7ff;
    return (narrow & 0x80 ? 0x400 : 0x380) | (narrow & 0x7f);
}
Word widen(std::uint32_t single, bool has_infinity)
{
    return Word{single >> 31} << 63 | wide_exponent(single >> 23 & 0xff, has_infinity) << 52 |
           Word{single & 0x7fffff} << 29;
}
std::uint32_t narrow(Word value)
{
    return static_cast<std::uint32_t>((value >> 32 & 0xc0000000) | (value >> 29 & 0x3fffffff));
}
Word from_s(std::uint32_t memory) { return widen(memory, true); }
std::uint32_t to_s(Word value) { return narrow(value); }
/// VAX formats have their 16-bit parts in the other order.
Word from_f(std::uint32_t memory) { return widen(memory << 16 | memory >> 16, false); }
std::uint32_t to_f(Word value)
{
    const auto single = narrow(value);
    return single << 16 | single >> 16;
}
Word swap_words(Word value)
{
    return value << 48 | (value & 0xffff0000) << 16 | (value >> 16 & 0xffff0000) | value >> 48;
}
Word same(Word value) { return value; }

// --- handlers ---------------------------------------------------------------------------------------------------

template <auto Function> AlphaOp* fp_operate(AlphaMachine& machine, AlphaOp* op, Word)
{
    machine.f[op->c] = Function(machine.f[op->a], machine.f[op->b]);
    return next(machine, op + 1);
}
Word copy_sign(Word a, Word b) { return (a & sign) | (b & ~sign); }
Word copy_sign_negated(Word a, Word b) { return (~a & sign) | (b & ~sign); }
Word copy_sign_and_exponent(Word a, Word b) { return (a & (sign | exponent)) | (b & ~(sign | exponent)); }

bool zero(Word a) { return (a & ~sign) == 0; }
bool not_zero(Word a) { return !zero(a); }
bool negative(Word a) { return (a & sign) && not_zero(a); }
bool not_negative(Word a) { return !negative(a); }
bool not_positive(Word a) { return (a & sign) || zero(a); }
bool positive(Word a) { return !not_positive(a); }

template <auto Test> AlphaOp* fp_move_if(AlphaMachine& machine, AlphaOp* op, Word)
{
    if (Test(machine.f[op->a])) machine.f[op->c] = machine.f[op->b];
    return next(machine, op + 1);
}
template <auto Test> AlphaOp* fp_branch_if(AlphaMachine& machine, AlphaOp* op, Word)
{
    return follow_branch(machine, op + 1, Test(machine.f[op->a]));
}
template <auto Convert> AlphaOp* move_to_fp(AlphaMachine& machine, AlphaOp* op, Word)
{
    machine.f[op->c] = Convert(machine.r[op->a]);
    return next(machine, op + 1);
}
template <auto Convert> AlphaOp* move_from_fp(AlphaMachine& machine, AlphaOp* op, Word)
{
    machine.r[op->c] = Convert(machine.f[op->a]);
    return next(machine, op + 1);
}
Word register_from_s(Word value) { return from_s(static_cast<std::uint32_t>(value)); }
Word register_from_f(Word value) { return from_f(static_cast<std::uint32_t>(value)); } // as stl and ldf
Word register_to_s(Word value) { return longword(narrow(value)); }

AlphaOp* move_to_fpcr(AlphaMachine& machine, AlphaOp* op, Word)
{
    machine.fpcr = machine.f[op->a];
    return next(machine, op + 1);
}
AlphaOp* move_from_fpcr(AlphaMachine& machine, AlphaOp* op, Word)
{
    machine.f[op->c] = machine.fpcr;
    return next(machine, op + 1);
}

// --- rows -------------------------------------------------------------------------------------------------------

template <class Memory, auto Convert> constexpr AlphaInstruction load_row(std::string_view name, std::uint8_t opcode)
{
    return {name, opcode, 0, AlphaFormat::fp_load,
            load_handlers<AlphaFile::floating, Memory, Convert, Unaligned::traps>};
}
template <class Memory, auto Convert> constexpr AlphaInstruction store_row(std::string_view name, std::uint8_t opcode)
{
    return {name, opcode, 0, AlphaFormat::fp_store,
            store_handlers<AlphaFile::floating, Memory, Convert, Unaligned::traps>};
}
template <auto Function> constexpr AlphaInstruction operate_row(std::string_view name, std::uint32_t function)
{
    return {name, 0x17, function, AlphaFormat::fp_operate, fp_operate<Function>};
}
template <auto Test> constexpr AlphaInstruction move_row(std::string_view name, std::uint32_t function)
{
    return {name, 0x17, function, AlphaFormat::fp_operate, fp_move_if<Test>};
}
template <auto Test> constexpr AlphaInstruction branch_row(std::string_view name, std::uint8_t opcode)
{
    return {name, opcode, 0, AlphaFormat::fp_branch, fp_branch_if<Test>};
}

constexpr AlphaInstruction rows[] = {
    load_row<std::uint32_t, from_f>("ldf", 0x20),
    load_row<std::uint64_t, swap_words>("ldg", 0x21),
    load_row<std::uint32_t, from_s>("lds", 0x22),
    load_row<std::uint64_t, same>("ldt", 0x23),
    store_row<std::uint32_t, to_f>("stf", 0x24),
    store_row<std::uint64_t, swap_words>("stg", 0x25),
    store_row<std::uint32_t, to_s>("sts", 0x26),
    store_row<std::uint64_t, same>("stt", 0x27),
    operate_row<copy_sign>("cpys", 0x020),
    operate_row<copy_sign_negated>("cpysn", 0x021),
    operate_row<copy_sign_and_exponent>("cpyse", 0x022),
    {"mt_fpcr", 0x17, 0x024, AlphaFormat::fp_control, move_to_fpcr},
    {"mf_fpcr", 0x17, 0x025, AlphaFormat::fp_control, move_from_fpcr},
    move_row<zero>("fcmoveq", 0x02a),
    move_row<not_zero>("fcmovne", 0x02b),
    move_row<negative>("fcmovlt", 0x02c),
    move_row<not_negative>("fcmovge", 0x02d),
    move_row<not_positive>("fcmovle", 0x02e),
    move_row<positive>("fcmovgt", 0x02f),
    {"itofs", 0x14, 0x004, AlphaFormat::to_fp, move_to_fp<register_from_s>},
    {"itoff", 0x14, 0x014, AlphaFormat::to_fp, move_to_fp<register_from_f>},
    {"itoft", 0x14, 0x024, AlphaFormat::to_fp, move_to_fp<same>},
    {"ftoit", 0x1c, 0x70, AlphaFormat::from_fp, move_from_fp<same>},
    {"ftois", 0x1c, 0x78, AlphaFormat::from_fp, move_from_fp<register_to_s>},
    branch_row<zero>("fbeq", 0x31),
    branch_row<negative>("fblt", 0x32),
    branch_row<not_positive>("fble", 0x33),
    branch_row<not_zero>("fbne", 0x35),
    branch_row<not_negative>("fbge", 0x36),
    branch_row<positive>("fbgt", 0x37),
};

} // namespace

const std::span<const AlphaInstruction> alpha_fp_instructions = rows;

} // namespace retromod
