// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/cpu/alpha/block_cache.h"
#include "emu/cpu/alpha/soft_tlb.h"
#include "emu/cpu/engine.h"

#include <atomic>
#include <bit>
#include <cstring>

namespace retromod {

static_assert(std::endian::native == std::endian::little, "guest memory is accessed as the host's own");

class InstructionWatcher;
struct AlphaMachine;
struct AlphaOp;

/// Executes one translated instruction, and says which one is next; null when the run is over. `last` is the value of
/// the register that an instruction before has handed over, in a register of the host: what depends on it need not wait
/// until it is in memory and back. Which register that is, if any, the translation knows.
using AlphaHandler = AlphaOp* (*)(AlphaMachine&, AlphaOp*, std::uint64_t last);

/// One translated instruction. Behind a branch come its links: to the next instruction's block, then to its target's.
struct AlphaOp {
    AlphaOp(AlphaHandler handler, std::uint64_t address) : run(handler), pc(address) {}

    AlphaHandler run;
    std::uint64_t pc; ///< of the instruction; of a link: where it leads
    union {
        std::int64_t value = 0; ///< literal, displacement or PALcode function
        AlphaOp* first;         ///< of a link: the block there, once it is known
    };
    std::uint8_t a = 0, b = 0, c = 0; ///< register numbers; a destination of 31 has become `sink`
};

/// The state of an Alpha, in the form that its instructions work on.
struct AlphaMachine {
    static constexpr unsigned zero = 31;
    static constexpr unsigned sink = 32; ///< what is written to register 31 goes there
    static constexpr unsigned page_shift = 13;
    static constexpr std::uint64_t page_bytes = 1 << page_shift;

    explicit AlphaMachine(AddressSpace& space) : memory(space), tlb(space), cache(page_bytes) {}

    std::uint64_t r[33] = {}; ///< r[31] stays zero
    std::uint64_t f[33] = {};
    std::uint64_t blocks = 0;                 ///< executed since the machine was made
    std::atomic<std::uint64_t> look_up_at{0}; ///< value of `blocks` from which on each block is looked at closely
    std::uint64_t pc = 0;                     ///< while the guest stands still
    std::uint64_t ps = 0, usp = 0, unique = 0, fpcr = 0;
    std::uint64_t system_value = 0;       ///< of wrval and rdval
    std::uint64_t lock_address = no_lock; ///< of the load-locked that a store-conditional may follow
    static constexpr std::uint64_t no_lock = ~std::uint64_t{0};

    AddressSpace& memory;
    SoftTlb<page_shift> tlb;
    BlockCache<AlphaOp> cache;
    Stop stop;               ///< why the run ended
    std::uint64_t limit = 0; ///< value of `blocks` at which the run ends
    std::atomic<bool> interrupted{false};
    GuestRange entries;
    HypercallHandler* handler = nullptr;
    InstructionWatcher* watcher = nullptr;
    UserMemory* user = nullptr;
    std::uint64_t user_generation = 0;

    /// Takes in what the host changed in memory.
    void synchronize();
    /// Ends the run: `at` is where it goes on.
    AlphaOp* end(std::uint64_t at, Stop why)
    {
        pc = at;
        stop = why;
        if (why.kind != StopKind::budget) lock_address = no_lock;
        return nullptr;
    }
    AlphaOp* end_with_fault(std::uint64_t at, GuestAddr address, Access access);
    AlphaOp* end_with_trap(const AlphaOp& op, unsigned vector)
    {
        return end(op.pc + 4, {StopKind::trap, {op.pc + 4}, {}, vector});
    }

    /// The block at `at`, translated if need be, when the run may enter it; else null, and the run is ended.
    AlphaOp* enter(std::uint64_t at);
    AlphaOp* block_at(std::uint64_t at);
    std::vector<AlphaOp> translate(std::uint64_t at, std::span<const std::byte> code) const;

    AlphaOp* serve_entry(const AlphaOp& op);
    /// Tells the watcher of the instruction behind `op`, and of the memory that this accesses.
    AlphaOp* watch(AlphaOp* op, std::uint64_t last);
    void watch_access(const AlphaOp& op);
    /// Where the watcher has set the program counter.
    AlphaOp* go_on_elsewhere();
};

// With RETROMOD_TAIL_CALLS each handler jumps to the next one's; the compiler must then make jumps of calls in tail
// position.
#ifdef RETROMOD_TAIL_CALLS
constexpr bool tail_calls = true;
#else
constexpr bool tail_calls = false;
#endif

[[gnu::always_inline]] inline AlphaOp* next(AlphaMachine& machine, AlphaOp* op, std::uint64_t last = 0)
{
    if constexpr (tail_calls) {
        __asm__("" : "+r"(op)); // the address first, then the load from it: two instructions less than without
        return op->run(machine, op, last);
    } else {
        return op;
    }
}

/// Goes on at the first operation of a block, which `enter` may have refused.
[[gnu::always_inline]] inline AlphaOp* begin_block(AlphaMachine& machine, AlphaOp* first)
{
    return first ? next(machine, first) : nullptr;
}

AlphaOp* follow_slowly(AlphaMachine& machine, AlphaOp* link);
AlphaOp* jump_slowly(AlphaMachine& machine, std::uint64_t target);

/// Goes on where a link leads.
[[gnu::always_inline]] inline AlphaOp* follow(AlphaMachine& machine, AlphaOp* link)
{
    auto* const first = link->first;
    if (first && machine.blocks < machine.look_up_at.load(std::memory_order_relaxed)) [[likely]] {
        ++machine.blocks;
        return next(machine, first);
    }
    return follow_slowly(machine, link);
}

/// Goes on by the first of a branch's two links, or by the second when it is taken. The choice is a branch of the host
/// too, which it predicts: computed, the link would have to wait for the condition, and all that follows for the link.
[[gnu::always_inline]] inline AlphaOp* follow_branch(AlphaMachine& machine, AlphaOp* links, bool taken)
{
    if (taken) {
        ++links;
        __asm__("" : "+r"(links));
    }
    return follow(machine, links);
}

/// Goes on at a computed address.
[[gnu::always_inline]] inline AlphaOp* jump(AlphaMachine& machine, std::uint64_t target)
{
    auto* const first = machine.cache.find_recent(target);
    if (first && machine.blocks < machine.look_up_at.load(std::memory_order_relaxed)) [[likely]] {
        ++machine.blocks;
        return next(machine, first);
    }
    return jump_slowly(machine, target);
}

} // namespace retromod
