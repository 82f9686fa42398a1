// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/cpu/cpu.h"
#include "emu/cpu/instruction_watcher.h"
#include "emu/kernel/kernel_state.h"

#include <functional>
#include <memory>
#include <optional>

namespace retromod {

/// The one virtual CPU: its engine, made when guest code first runs, and what is in front of the engine's I/O bus.
class Processor {
public:
    Processor(Machine& machine, const Cpu& cpu, KernelState& state) : machine_(machine), cpu_(cpu), state_(state) {}

    /// The engine. std::runtime_error where the CPU has none.
    Engine& engine();
    /// The same if it was made; nothing before guest code runs.
    Engine* made_engine() const { return engine_.get(); }

    /// Who serves kernel entries, and what is done once with a new engine before guest code runs.
    void set_handler(HypercallHandler* handler, std::function<void()> made) { handler_ = handler, made_ = std::move(made); }
    /// Called once, when an engine is made and before it first runs guest code.
    void set_before_guest(std::function<void()> hook) { before_guest_ = std::move(hook); }

    /// The machine's ports; what `set_io_bus` puts in front of them may pass accesses on.
    IoBus& ports() { return *ports_; }
    void set_ports(std::unique_ptr<IoBus> ports);
    void set_io_bus(IoBus* bus);

    /// Shows each instruction to `watcher`, which outlives us. Before the engine is made; std::runtime_error where the engine
    /// that is made cannot be watched.
    void set_watcher(InstructionWatcher& watcher) { watcher_ = &watcher; }

    /// Runs guest code for at most that many blocks.
    Stop run(std::uint64_t blocks);
    /// Blocks that the guest has executed in the run under way.
    std::uint64_t blocks_in_run() const { return engine_ && run_began_ ? engine_->blocks_executed() - *run_began_ : 0; }

    /// Forgets the engine: another process may have changed the machine.
    void drop();

private:
    Machine& machine_;
    const Cpu& cpu_;
    KernelState& state_;
    std::unique_ptr<Engine> engine_;
    HypercallHandler* handler_ = nullptr;
    InstructionWatcher* watcher_ = nullptr;
    std::function<void()> made_, before_guest_;
    std::unique_ptr<IoBus> ports_;
    IoBus* io_bus_ = nullptr;                ///< `ports_` unless somebody stands before them
    std::optional<std::uint64_t> run_began_; ///< what the engine had executed before the run under way
};

} // namespace retromod
