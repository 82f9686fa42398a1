// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/alpha/alpha_engine.h"

#include "emu/cpu/alpha/alpha_registers.h"

#include <limits>

namespace retromod {
namespace {

/// Where a register of the Cpu row is kept.
template <class Machine> auto& place_of(Machine& machine, unsigned number)
{
    switch (number) {
    case alpha_pc:
        return machine.pc;
    case alpha_ps:
        return machine.ps;
    case alpha_usp:
        return machine.usp;
    case alpha_unique:
        return machine.unique;
    case alpha_fpcr:
        return machine.fpcr;
    case alpha_system_value:
        return machine.system_value;
    default:
        return number < alpha_pc ? machine.r[number] : machine.f[number - alpha_f0];
    }
}

} // namespace

Stop AlphaEngine::run(std::uint64_t blocks)
{
    auto& m = machine_;
    const auto most = std::numeric_limits<std::uint64_t>::max() - m.blocks;
    m.limit = m.blocks + std::min(blocks, most);
    m.synchronize();
    for (auto* op = m.enter(m.pc); op;)
        op = op->run(m, op, 0);
    return m.stop;
}

std::uint64_t AlphaEngine::reg(unsigned number) const { return place_of(machine_, number); }
void AlphaEngine::set_reg(unsigned number, std::uint64_t value) { place_of(machine_, number) = value; }

CpuContext AlphaEngine::save() const
{
    CpuContext context;
    for (unsigned number = 0; number < alpha_register_count; ++number)
        context.reg[number] = reg(number);
    return context;
}

void AlphaEngine::restore(const CpuContext& context)
{
    for (unsigned number = 0; number < alpha_register_count; ++number)
        set_reg(number, context.reg[number]);
    machine_.lock_address = AlphaMachine::no_lock;
}

void AlphaEngine::set_hypercalls(GuestRange entries, HypercallHandler* handler)
{
    machine_.entries = entries;
    machine_.handler = handler;
    machine_.cache.clear();
}

} // namespace retromod
