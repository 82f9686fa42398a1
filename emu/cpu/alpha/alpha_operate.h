// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/cpu/alpha/alpha_instructions.h"

namespace retromod {

/// Which operand of an instruction was handed over to it.
enum class AlphaHanded : std::uint8_t { none, a, b };

template <AlphaHanded handed> std::uint64_t operand_a(const AlphaMachine& machine, const AlphaOp& op, std::uint64_t last)
{
    return handed == AlphaHanded::a ? last : machine.r[op.a];
}
template <AlphaHanded handed> std::uint64_t operand_b(const AlphaMachine& machine, const AlphaOp& op, std::uint64_t last)
{
    return handed == AlphaHanded::b ? last : machine.r[op.b];
}
/// Goes on behind an instruction with that result, which it hands over.
[[gnu::always_inline]] inline AlphaOp* finish(AlphaMachine& machine, AlphaOp* op, std::uint64_t& destination,
                                              std::uint64_t result)
{
    destination = result;
    return next(machine, op + 1, result);
}

/// Handlers of the operate format from a function of the operands: rc = Function(ra, rb). All of the format hand rc over.
template <auto Function, AlphaHanded handed>
AlphaOp* operate_registers(AlphaMachine& machine, AlphaOp* op, std::uint64_t last)
{
    const auto a = operand_a<handed>(machine, *op, last), b = operand_b<handed>(machine, *op, last);
    return finish(machine, op, machine.r[op->c], Function(a, b));
}
template <auto Function, AlphaHanded handed>
AlphaOp* operate_literal(AlphaMachine& machine, AlphaOp* op, std::uint64_t last)
{
    const auto a = operand_a<handed>(machine, *op, last);
    return finish(machine, op, machine.r[op->c], Function(a, static_cast<std::uint64_t>(op->value)));
}
template <auto Function>
constexpr AlphaHandlers register_handlers{operate_registers<Function, AlphaHanded::none>,
                                          operate_registers<Function, AlphaHanded::a>,
                                          operate_registers<Function, AlphaHanded::b>};
template <auto Function>
constexpr AlphaHandlers literal_handlers{operate_literal<Function, AlphaHanded::none>,
                                         operate_literal<Function, AlphaHanded::a>};

/// The row of an instruction that computes rc from ra and rb.
template <auto Function>
constexpr AlphaInstruction operate(std::string_view name, std::uint8_t opcode, std::uint32_t function)
{
    return {name, opcode, function, AlphaFormat::operate, register_handlers<Function>, literal_handlers<Function>};
}

/// The row of one that takes no literal.
template <auto Function>
constexpr AlphaInstruction operate_without_literal(std::string_view name, std::uint8_t opcode, std::uint32_t function)
{
    return {name, opcode, function, AlphaFormat::operate, register_handlers<Function>};
}

/// A longword in a register: its sign extended, for unsigned ones too.
constexpr std::uint64_t longword(std::uint64_t value)
{
    return static_cast<std::uint64_t>(std::int64_t{static_cast<std::int32_t>(value)});
}

constexpr std::int64_t as_signed(std::uint64_t value) { return static_cast<std::int64_t>(value); }

} // namespace retromod
