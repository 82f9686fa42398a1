// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/cpu/alpha_instructions.h"

namespace retromod {

/// Handlers of the operate format from a function of the operands: rc = Function(ra, rb).
template <auto Function> AlphaOp* operate_registers(AlphaMachine& machine, AlphaOp* op)
{
    machine.r[op->c] = Function(machine.r[op->a], machine.r[op->b]);
    return next(machine, op + 1);
}
template <auto Function> AlphaOp* operate_literal(AlphaMachine& machine, AlphaOp* op)
{
    machine.r[op->c] = Function(machine.r[op->a], static_cast<std::uint64_t>(op->value));
    return next(machine, op + 1);
}

/// The row of an instruction that computes rc from ra and rb.
template <auto Function>
constexpr AlphaInstruction operate(std::string_view name, std::uint8_t opcode, std::uint32_t function)
{
    return {name, opcode, function, AlphaFormat::operate, operate_registers<Function>, operate_literal<Function>};
}

/// The row of one that takes no literal.
template <auto Function>
constexpr AlphaInstruction operate_without_literal(std::string_view name, std::uint8_t opcode, std::uint32_t function)
{
    return {name, opcode, function, AlphaFormat::operate, operate_registers<Function>};
}

/// A longword in a register: its sign extended, for unsigned ones too.
constexpr std::uint64_t longword(std::uint64_t value)
{
    return static_cast<std::uint64_t>(std::int64_t{static_cast<std::int32_t>(value)});
}

constexpr std::int64_t as_signed(std::uint64_t value) { return static_cast<std::int64_t>(value); }

} // namespace retromod
