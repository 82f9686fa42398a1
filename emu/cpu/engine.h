// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/memory/address_space.h"
#include "emu/memory/io_bus.h"

#include <array>
#include <cstdint>
#include <memory>

namespace retromod {

struct Cpu;

/// A CPU's registers as plain data, indexed as the Cpu row names them; fixed format, kept in guest threads.
struct CpuContext {
    std::array<std::uint64_t, 72> reg{};
};

/// Why a run of guest code ended.
enum class StopKind : std::uint8_t {
    hypercall,  ///< the guest reached a kernel entry and the handler wants to go on outside: pc is the entry
    fault,      ///< a memory access was not allowed
    breakpoint, ///< int3 or the like; pc is behind the instruction
    trap,       ///< another software interrupt or exception: `vector` says which
    illegal,    ///< no such instruction
    halt,       ///< the guest halted the CPU
    budget,     ///< the budget ran out
};

struct Stop {
    StopKind kind = StopKind::budget;
    GuestAddr pc;                ///< of the instruction; for a fault, see pc_exact
    MemoryFault fault;           ///< for StopKind::fault
    unsigned vector = 0;         ///< for StopKind::trap: the architecture's number (i386: 0 divide error, 0x80 int 0x80)
    bool pc_exact = true;        ///< false: pc is only the start of the block that faulted
};

/// Serves kernel entries while the guest runs. Called on the engine's own stack: it must not throw.
class HypercallHandler {
public:
    enum class Next : std::uint8_t {
        resume, ///< the result registers are set: the guest goes on behind its call
        stop,   ///< end the run with StopKind::hypercall
    };
    virtual ~HypercallHandler() = default;
    virtual Next on_hypercall(GuestAddr entry) noexcept = 0;
};

/// Runs guest code until something happens that is not the guest's own. Engines are replaceable: nothing outside emu/cpu
/// knows which one it is. An engine reads the AddressSpace's mappings as the guest touches them, and drops what the
/// AddressSpace says was changed or unmapped.
class Engine {
public:
    virtual ~Engine() = default;

    /// Runs from the current registers for at most `blocks` basic blocks.
    virtual Stop run(std::uint64_t blocks) = 0;

    virtual std::uint64_t reg(unsigned number) const = 0;
    virtual void set_reg(unsigned number, std::uint64_t value) = 0;
    virtual CpuContext save() const = 0;
    virtual void restore(const CpuContext& context) = 0;

    /// Ends the run under way, or else the next one, at the next basic block with StopKind::budget. May be called from a
    /// signal handler or another thread.
    virtual void interrupt() noexcept = 0;

    /// Basic blocks executed since the engine was made: the clock that budgets and virtual time count on.
    virtual std::uint64_t blocks_executed() const = 0;

    /// Every address in `entries` is a kernel entry: executing it calls the handler first.
    virtual void set_hypercalls(GuestRange entries, HypercallHandler* handler) = 0;

    /// Makes a fault at this instruction report its exact pc (instructions that __ex_table names).
    virtual void add_precise(GuestAddr pc) = 0;

    /// Forgets every instruction in `range` that add_precise named.
    virtual void remove_precise(GuestRange range) = 0;

    /// Where in and out instructions go; none answers all ones.
    virtual void set_io_bus(IoBus* bus) = 0;

    /// Ranges of the vmalloc window that the guest could have written since the last call (mapped writable for it).
    virtual std::vector<GuestRange> take_touched() = 0;
};

/// The engine for this CPU over that memory; nothing when there is none for it.
std::unique_ptr<Engine> make_engine(const Cpu& cpu, AddressSpace& memory);

} // namespace retromod
