// SPDX-License-Identifier: GPL-2.0-or-later
// Integer arithmetic, logic, shifts, byte manipulation, conditional moves and multiplication.
// Source: Alpha Architecture Reference Manual, chapters 4.4 to 4.6 and appendix C.
#include "emu/cpu/alpha/alpha_byte_mask.h"
#include "emu/cpu/alpha/alpha_operate.h"

namespace retromod {
namespace {

using Word = std::uint64_t;
constexpr Word sign_bit = Word{1} << 63;

// --- arithmetic -------------------------------------------------------------------------------------------------

template <unsigned scale> Word add_longwords(Word a, Word b) { return longword(a * scale + b); }
template <unsigned scale> Word subtract_longwords(Word a, Word b) { return longword(a * scale - b); }
template <unsigned scale> Word add(Word a, Word b) { return a * scale + b; }
template <unsigned scale> Word subtract(Word a, Word b) { return a * scale - b; }

Word multiply_longwords(Word a, Word b) { return longword(a * b); }
Word multiply(Word a, Word b) { return a * b; }
Word multiply_high(Word a, Word b)
{
    __extension__ using Wide = unsigned __int128;
    return static_cast<Word>(Wide{a} * b >> 64);
}

Word equal(Word a, Word b) { return a == b; }
Word less(Word a, Word b) { return as_signed(a) < as_signed(b); }
Word less_or_equal(Word a, Word b) { return as_signed(a) <= as_signed(b); }
Word less_unsigned(Word a, Word b) { return a < b; }
Word less_or_equal_unsigned(Word a, Word b) { return a <= b; }

/// One bit for each byte of `a` that is not less than `b`'s.
Word compare_bytes(Word a, Word b)
{
    constexpr Word tops = 0x8080808080808080;
    const Word no_borrow_below = (a | tops) - (b & ~tops);
    const Word not_less = ((a & ~b) | (~(a ^ b) & no_borrow_below)) & tops;
    return (not_less >> 7) * 0x0102040810204080 >> 56;
}

// --- arithmetic that traps on overflow --------------------------------------------------------------------------

template <class Int> bool add_overflows(Word a, Word b, Word& result)
{
    Int value;
    const bool overflows = __builtin_add_overflow(static_cast<Int>(a), static_cast<Int>(b), &value);
    result = static_cast<Word>(std::int64_t{value});
    return overflows;
}
template <class Int> bool subtract_overflows(Word a, Word b, Word& result)
{
    Int value;
    const bool overflows = __builtin_sub_overflow(static_cast<Int>(a), static_cast<Int>(b), &value);
    result = static_cast<Word>(std::int64_t{value});
    return overflows;
}
template <class Int> bool multiply_overflows(Word a, Word b, Word& result)
{
    Int value;
    const bool overflows = __builtin_mul_overflow(static_cast<Int>(a), static_cast<Int>(b), &value);
    result = static_cast<Word>(std::int64_t{value});
    return overflows;
}

/// The result is stored even when the instruction traps.
template <auto Function> AlphaOp* operate_trapping(AlphaMachine& machine, AlphaOp* op, Word b)
{
    Word result = 0;
    const bool overflows = Function(machine.r[op->a], b, result);
    if (!overflows) return finish(machine, op, machine.r[op->c], result);
    machine.r[op->c] = result;
    return machine.end_with_trap(*op, 1);
}
template <auto Function> AlphaOp* trapping_registers(AlphaMachine& machine, AlphaOp* op, Word)
{
    return operate_trapping<Function>(machine, op, machine.r[op->b]);
}
template <auto Function> AlphaOp* trapping_literal(AlphaMachine& machine, AlphaOp* op, Word)
{
    return operate_trapping<Function>(machine, op, static_cast<Word>(op->value));
}
template <auto Function>
constexpr AlphaInstruction trapping(std::string_view name, std::uint8_t opcode, std::uint32_t function)
{
    return {name, opcode, function, AlphaFormat::operate, {trapping_registers<Function>}, {trapping_literal<Function>}};
}

// --- logic and shifts -------------------------------------------------------------------------------------------

Word bit_and(Word a, Word b) { return a & b; }
Word bit_clear(Word a, Word b) { return a & ~b; }
Word bit_set(Word a, Word b) { return a | b; }
Word or_not(Word a, Word b) { return a | ~b; }
Word exclusive_or(Word a, Word b) { return a ^ b; }
Word equivalence(Word a, Word b) { return a ^ ~b; }
Word shift_left(Word a, Word b) { return a << (b & 63); }
Word shift_right(Word a, Word b) { return a >> (b & 63); }
Word shift_right_arithmetic(Word a, Word b) { return static_cast<Word>(as_signed(a) >> (b & 63)); }

/// Which extensions are missing of those asked for: byte/word, count, multimedia are there; square root and
/// floating-point conversion are not, nor are precise arithmetic traps.
Word architecture_mask(Word, Word b)
{
    constexpr Word byte_word = 1, count = 4, multimedia = 0x100;
    return b & ~(byte_word | count | multimedia);
}
Word implementation_version(Word, Word)
{
    constexpr Word ev6 = 2;
    return ev6;
}

// --- conditional moves ------------------------------------------------------------------------------------------

bool is_zero(Word a) { return a == 0; }
bool is_not_zero(Word a) { return a != 0; }
bool is_negative(Word a) { return a & sign_bit; }
bool is_not_negative(Word a) { return !(a & sign_bit); }
bool is_not_positive(Word a) { return as_signed(a) <= 0; }
bool is_positive(Word a) { return as_signed(a) > 0; }
bool is_odd(Word a) { return a & 1; }
bool is_even(Word a) { return !(a & 1); }

template <auto Test, AlphaHanded handed> AlphaOp* move_register_if(AlphaMachine& machine, AlphaOp* op, Word last)
{
    const auto value = operand_b<handed>(machine, *op, last);
    auto& target = machine.r[op->c];
    return finish(machine, op, target, Test(operand_a<handed>(machine, *op, last)) ? value : target);
}
template <auto Test, AlphaHanded handed> AlphaOp* move_literal_if(AlphaMachine& machine, AlphaOp* op, Word last)
{
    auto& target = machine.r[op->c];
    const bool moves = Test(operand_a<handed>(machine, *op, last));
    return finish(machine, op, target, moves ? static_cast<Word>(op->value) : target);
}
template <auto Test> constexpr AlphaInstruction move_if(std::string_view name, std::uint32_t function)
{
    using enum AlphaHanded;
    return {name,
            0x11,
            function,
            AlphaFormat::operate,
            {move_register_if<Test, none>, move_register_if<Test, a>, move_register_if<Test, b>},
            {move_literal_if<Test, none>, move_literal_if<Test, a>}};
}

// --- bytes ------------------------------------------------------------------------------------------------------

Word zap(Word a, Word b) { return a & ~alpha_byte_mask(b); }
Word zap_not(Word a, Word b) { return a & alpha_byte_mask(b); }

/// The bytes of a field of `bytes` bytes at byte b of two quadwords, as mask bits.
template <unsigned bytes> constexpr Word field_bytes(Word b) { return ((Word{1} << bytes) - 1) << (b & 7); }
constexpr Word bits_above(Word b) { return (64 - 8 * (b & 7)) & 63; }

template <unsigned bytes> Word extract_low(Word a, Word b) { return zap_not(a >> 8 * (b & 7), (1u << bytes) - 1); }
template <unsigned bytes> Word extract_high(Word a, Word b) { return zap_not(a << bits_above(b), (1u << bytes) - 1); }
template <unsigned bytes> Word insert_low(Word a, Word b) { return zap_not(a << 8 * (b & 7), field_bytes<bytes>(b)); }
template <unsigned bytes> Word insert_high(Word a, Word b)
{
    return zap_not(a >> bits_above(b), field_bytes<bytes>(b) >> 8);
}
template <unsigned bytes> Word mask_low(Word a, Word b) { return zap(a, field_bytes<bytes>(b)); }
template <unsigned bytes> Word mask_high(Word a, Word b) { return zap(a, field_bytes<bytes>(b) >> 8); }

Word sign_extend_byte(Word, Word b) { return static_cast<Word>(std::int64_t{static_cast<std::int8_t>(b)}); }
Word sign_extend_word(Word, Word b) { return static_cast<Word>(std::int64_t{static_cast<std::int16_t>(b)}); }

Word count_ones(Word, Word b) { return static_cast<Word>(std::popcount(b)); }
Word count_leading_zeros(Word, Word b) { return static_cast<Word>(std::countl_zero(b)); }
Word count_trailing_zeros(Word, Word b) { return static_cast<Word>(std::countr_zero(b)); }

constexpr AlphaInstruction rows[] = {
    operate<add_longwords<1>>("addl", 0x10, 0x00),
    operate<add_longwords<4>>("s4addl", 0x10, 0x02),
    operate<subtract_longwords<1>>("subl", 0x10, 0x09),
    operate<subtract_longwords<4>>("s4subl", 0x10, 0x0b),
    operate<compare_bytes>("cmpbge", 0x10, 0x0f),
    operate<add_longwords<8>>("s8addl", 0x10, 0x12),
    operate<subtract_longwords<8>>("s8subl", 0x10, 0x1b),
    operate<less_unsigned>("cmpult", 0x10, 0x1d),
    operate<add<1>>("addq", 0x10, 0x20),
    operate<add<4>>("s4addq", 0x10, 0x22),
    operate<subtract<1>>("subq", 0x10, 0x29),
    operate<subtract<4>>("s4subq", 0x10, 0x2b),
    operate<equal>("cmpeq", 0x10, 0x2d),
    operate<add<8>>("s8addq", 0x10, 0x32),
    operate<subtract<8>>("s8subq", 0x10, 0x3b),
    operate<less_or_equal_unsigned>("cmpule", 0x10, 0x3d),
    trapping<add_overflows<std::int32_t>>("addl/v", 0x10, 0x40),
    trapping<subtract_overflows<std::int32_t>>("subl/v", 0x10, 0x49),
    operate<less>("cmplt", 0x10, 0x4d),
    trapping<add_overflows<std::int64_t>>("addq/v", 0x10, 0x60),
    trapping<subtract_overflows<std::int64_t>>("subq/v", 0x10, 0x69),
    operate<less_or_equal>("cmple", 0x10, 0x6d),

    operate<bit_and>("and", 0x11, 0x00),
    operate<bit_clear>("bic", 0x11, 0x08),
    move_if<is_odd>("cmovlbs", 0x14),
    move_if<is_even>("cmovlbc", 0x16),
    operate<bit_set>("bis", 0x11, 0x20),
    move_if<is_zero>("cmoveq", 0x24),
    move_if<is_not_zero>("cmovne", 0x26),
    operate<or_not>("ornot", 0x11, 0x28),
    operate<exclusive_or>("xor", 0x11, 0x40),
    move_if<is_negative>("cmovlt", 0x44),
    move_if<is_not_negative>("cmovge", 0x46),
    operate<equivalence>("eqv", 0x11, 0x48),
    operate<architecture_mask>("amask", 0x11, 0x61),
    move_if<is_not_positive>("cmovle", 0x64),
    move_if<is_positive>("cmovgt", 0x66),
    operate<implementation_version>("implver", 0x11, 0x6c),

    operate<mask_low<1>>("mskbl", 0x12, 0x02),
    operate<extract_low<1>>("extbl", 0x12, 0x06),
    operate<insert_low<1>>("insbl", 0x12, 0x0b),
    operate<mask_low<2>>("mskwl", 0x12, 0x12),
    operate<extract_low<2>>("extwl", 0x12, 0x16),
    operate<insert_low<2>>("inswl", 0x12, 0x1b),
    operate<mask_low<4>>("mskll", 0x12, 0x22),
    operate<extract_low<4>>("extll", 0x12, 0x26),
    operate<insert_low<4>>("insll", 0x12, 0x2b),
    operate<zap>("zap", 0x12, 0x30),
    operate<zap_not>("zapnot", 0x12, 0x31),
    operate<mask_low<8>>("mskql", 0x12, 0x32),
    operate<shift_right>("srl", 0x12, 0x34),
    operate<extract_low<8>>("extql", 0x12, 0x36),
    operate<shift_left>("sll", 0x12, 0x39),
    operate<insert_low<8>>("insql", 0x12, 0x3b),
    operate<shift_right_arithmetic>("sra", 0x12, 0x3c),
    operate<mask_high<2>>("mskwh", 0x12, 0x52),
    operate<insert_high<2>>("inswh", 0x12, 0x57),
    operate<extract_high<2>>("extwh", 0x12, 0x5a),
    operate<mask_high<4>>("msklh", 0x12, 0x62),
    operate<insert_high<4>>("inslh", 0x12, 0x67),
    operate<extract_high<4>>("extlh", 0x12, 0x6a),
    operate<mask_high<8>>("mskqh", 0x12, 0x72),
    operate<insert_high<8>>("insqh", 0x12, 0x77),
    operate<extract_high<8>>("extqh", 0x12, 0x7a),

    operate<multiply_longwords>("mull", 0x13, 0x00),
    operate<multiply>("mulq", 0x13, 0x20),
    operate<multiply_high>("umulh", 0x13, 0x30),
    trapping<multiply_overflows<std::int32_t>>("mull/v", 0x13, 0x40),
    trapping<multiply_overflows<std::int64_t>>("mulq/v", 0x13, 0x60),

    operate<sign_extend_byte>("sextb", 0x1c, 0x00),
    operate<sign_extend_word>("sextw", 0x1c, 0x01),
    operate_without_literal<count_ones>("ctpop", 0x1c, 0x30),
    operate_without_literal<count_leading_zeros>("ctlz", 0x1c, 0x32),
    operate_without_literal<count_trailing_zeros>("cttz", 0x1c, 0x33),
};

} // namespace

const std::span<const AlphaInstruction> alpha_integer_instructions = rows;

} // namespace retromod
