// SPDX-License-Identifier: GPL-2.0-or-later
// The OSF/1 PALcode calls that kernel code makes. Those that belong to the kernel's own entry, exit and context switch
// (retsys, rti, swpctx) are no instructions here: the kernel around a module is modelled, not run.
// Source: Alpha Architecture Reference Manual, II-B; include/asm-alpha/pal.h of 2.4.37.11.
#include "emu/cpu/alpha/alpha_instructions.h"
#include "emu/cpu/alpha/alpha_registers.h"

namespace retromod {
namespace {

using Word = std::uint64_t;

AlphaOp* pal_halt(AlphaMachine& machine, AlphaOp* op, Word)
{
    return machine.end(op->pc + 4, {StopKind::halt, {op->pc + 4}, {}});
}
/// Waits for an interrupt; none of the time asked for is left.
AlphaOp* pal_wtint(AlphaMachine& machine, AlphaOp* op, Word)
{
    machine.r[alpha_v0] = 0;
    return pal_halt(machine, op, 0);
}

/// Sets the interrupt priority level and gives the old one.
AlphaOp* pal_swpipl(AlphaMachine& machine, AlphaOp* op, Word)
{
    const auto old = machine.ps & alpha_ipl_mask;
    machine.ps = (machine.ps & ~alpha_ipl_mask) | (machine.r[alpha_a0] & alpha_ipl_mask);
    machine.r[alpha_v0] = old;
    return next(machine, op + 1);
}

template <Word AlphaMachine::*member> AlphaOp* pal_read(AlphaMachine& machine, AlphaOp* op, Word)
{
    machine.r[alpha_v0] = machine.*member;
    return next(machine, op + 1);
}
template <Word AlphaMachine::*member> AlphaOp* pal_write(AlphaMachine& machine, AlphaOp* op, Word)
{
    machine.*member = machine.r[alpha_a0];
    return next(machine, op + 1);
}
/// Answers 0: processor 0, no machine checks pending, no event counted.
AlphaOp* pal_zero(AlphaMachine& machine, AlphaOp* op, Word)
{
    machine.r[alpha_v0] = 0;
    return next(machine, op + 1);
}

/// Makes stores to code visible to instruction fetch: until then old translations may run.
AlphaOp* pal_imb(AlphaMachine& machine, AlphaOp* op, Word)
{
    const auto then = op->pc + 4;
    machine.cache.clear();
    return jump(machine, then);
}

AlphaOp* pal_bpt(AlphaMachine& machine, AlphaOp* op, Word)
{
    return machine.end(op->pc + 4, {StopKind::breakpoint, {op->pc + 4}, {}});
}
AlphaOp* pal_trap(AlphaMachine& machine, AlphaOp* op, Word)
{
    return machine.end_with_trap(*op, static_cast<unsigned>(op->value));
}

constexpr AlphaInstruction pal(std::string_view name, std::uint32_t function, AlphaHandler run)
{
    return {name, 0x00, function, AlphaFormat::pal, run};
}

constexpr AlphaInstruction rows[] = {
    pal("halt", 0x00, pal_halt),
    pal("cflush", 0x01, alpha_no_operation),
    pal("draina", 0x02, alpha_no_operation),
    pal("rdmces", 0x10, pal_zero),
    pal("wrmces", 0x11, alpha_no_operation),
    pal("wrfen", 0x2b, alpha_no_operation),
    pal("wrval", 0x31, pal_write<&AlphaMachine::system_value>),
    pal("rdval", 0x32, pal_read<&AlphaMachine::system_value>),
    pal("tbi", 0x33, alpha_no_operation),
    pal("wrent", 0x34, alpha_no_operation),
    pal("swpipl", 0x35, pal_swpipl),
    pal("rdps", 0x36, pal_read<&AlphaMachine::ps>),
    pal("wrkgp", 0x37, alpha_no_operation),
    pal("wrusp", 0x38, pal_write<&AlphaMachine::usp>),
    pal("wrperfmon", 0x39, pal_zero),
    pal("rdusp", 0x3a, pal_read<&AlphaMachine::usp>),
    pal("whami", 0x3c, pal_zero),
    pal("wtint", 0x3e, pal_wtint),
    pal("bpt", 0x80, pal_bpt),
    pal("bugchk", alpha_trap_bugcheck, pal_trap),
    pal("callsys", alpha_trap_system_call, pal_trap),
    pal("imb", 0x86, pal_imb),
    pal("rdunique", 0x9e, pal_read<&AlphaMachine::unique>),
    pal("wrunique", 0x9f, pal_write<&AlphaMachine::unique>),
    pal("gentrap", alpha_trap_software, pal_trap),
};

} // namespace

const std::span<const AlphaInstruction> alpha_pal_instructions = rows;

} // namespace retromod
