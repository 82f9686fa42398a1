// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/alpha/alpha_instructions.h"
#include "emu/cpu/instruction_watcher.h"

namespace retromod {

void AlphaMachine::synchronize()
{
    auto* const now = memory.user_memory();
    const auto generation = now ? now->generation() : 0;
    if (now != user || generation != user_generation) {
        user = now;
        user_generation = generation;
        tlb.flush();
        cache.drop({{0}, memory.arch().task_size.value});
    }
    if (memory.has_unmapped()) {
        tlb.flush();
        for (const auto range : memory.take_unmapped())
            cache.drop(range);
    }
    if (memory.has_changed())
        for (const auto range : memory.take_changed())
            cache.drop(range);
}

AlphaOp* AlphaMachine::end_with_fault(std::uint64_t at, GuestAddr address, Access access)
{
    const bool mapped = access != Access::read && !memory.bytes(address, Access::read).empty();
    return end(at, {StopKind::fault, {at}, {address, access, mapped}});
}

AlphaOp* AlphaMachine::enter(std::uint64_t at)
{
    look_up_at.store(limit); // before the exchange: interrupt() does it the other way round
    if (interrupted.exchange(false) || blocks >= limit) return end(at, {StopKind::budget, {at}, {}});
    auto* const first = block_at(at);
    if (first) ++blocks;
    return first;
}

AlphaOp* AlphaMachine::block_at(std::uint64_t at)
{
    if (auto* const known = cache.find(at)) return known;
    const auto code = tlb.fill({at}, Access::execute);
    if (code.size() < 4) return end_with_fault(at, GuestAddr{at} + code.size(), Access::execute);
    auto ops = translate(at, code);
    const auto bytes = ops.size() * 4; // links included: they stand for no more than the code behind
    return cache.add({{at}, std::min<std::uint64_t>(bytes, code.size())}, std::move(ops));
}

AlphaOp* AlphaMachine::serve_entry(const AlphaOp& op)
{
    const auto return_register = op.b; // of the ret that stands there; zero: other code does, which the block goes on with
    pc = op.pc;
    lock_address = no_lock;
    if (watcher) watcher->before_kernel_call({op.pc});
    if (pc != op.pc) return go_on_elsewhere();
    if (handler->on_hypercall({op.pc}) == HypercallHandler::Next::stop) return end(pc, {StopKind::hypercall, {pc}, {}});
    synchronize(); // `op` may be gone
    if (return_register == zero) {
        auto* const first = block_at(pc);
        return first ? next(*this, first + 1) : nullptr;
    }
    return jump(*this, r[return_register] & ~std::uint64_t{3});
}

AlphaOp* AlphaMachine::go_on_elsewhere()
{
    synchronize();
    return begin_block(*this, block_at(pc));
}

AlphaOp* AlphaMachine::watch(AlphaOp* op, std::uint64_t last)
{
    const auto at = pc = op->pc;
    if (handler && entries.contains({at})) return next(*this, op + 1, last); // part of a kernel function
    watcher->before_instruction({at});
    const bool has_moved = pc != at;
    if (has_moved) return go_on_elsewhere();
    if (memory.has_changed() || memory.has_unmapped()) { // `op` may be of code that was
        synchronize();
        auto* const first = block_at(pc);
        return first ? next(*this, first + 1) : nullptr;
    }
    if (op->c) watch_access(*op);
    return next(*this, op + 1, last);
}

void AlphaMachine::watch_access(const AlphaOp& op)
{
    const auto bytes = static_cast<unsigned>(op.c);
    const auto address = r[op.b] + static_cast<std::uint64_t>(op.value);
    const bool is_rounded = op.a & alpha_watch_rounds; // ldq_u, stq_u
    watcher->accessed({is_rounded ? round_down(address, bytes) : address}, bytes,
                      op.a & alpha_watch_writes ? Access::write : Access::read);
}

AlphaOp* follow_slowly(AlphaMachine& machine, AlphaOp* link)
{
    const auto generation = machine.cache.generation();
    auto* const first = machine.enter(link->pc);
    if (first && machine.cache.generation() == generation) link->first = first;
    return begin_block(machine, first);
}

AlphaOp* jump_slowly(AlphaMachine& machine, std::uint64_t target)
{
    return begin_block(machine, machine.enter(target));
}

AlphaOp* alpha_no_operation(AlphaMachine& machine, AlphaOp* op, std::uint64_t) { return next(machine, op + 1); }
AlphaOp* alpha_illegal(AlphaMachine& machine, AlphaOp* op, std::uint64_t)
{
    return machine.end(op->pc, {StopKind::illegal, {op->pc}, {}});
}
AlphaOp* alpha_watch(AlphaMachine& machine, AlphaOp* op, std::uint64_t last) { return machine.watch(op, last); }
AlphaOp* alpha_link(AlphaMachine& machine, AlphaOp* op, std::uint64_t) { return follow(machine, op); }
AlphaOp* alpha_entry(AlphaMachine& machine, AlphaOp* op, std::uint64_t) { return machine.serve_entry(*op); }

} // namespace retromod
