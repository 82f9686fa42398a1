// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/cpu/alpha/alpha_machine.h"
#include "emu/cpu/instruction_watcher.h"

namespace retromod {

/// The engine for Alpha: our own interpreter of translated blocks, as no library has one. Program counters of faults
/// are always exact. The guest's stores to code show after the imb that the architecture asks for; the host's at once.
///
/// It has all integer instructions with the byte, count and multimedia extensions, and what moves floating-point data.
/// Floating-point arithmetic is illegal: the kernel's compiler options exclude it.
class AlphaEngine final : public Engine, public WatchedEngine {
public:
    explicit AlphaEngine(AddressSpace& memory) : machine_(memory) {}

    Stop run(std::uint64_t blocks) override;
    void interrupt() noexcept override
    {
        machine_.interrupted.store(true);
        machine_.look_up_at.store(0);
    }
    std::uint64_t reg(unsigned number) const override;
    void set_reg(unsigned number, std::uint64_t value) override;
    CpuContext save() const override;
    void restore(const CpuContext& context) override;
    std::uint64_t blocks_executed() const override { return machine_.blocks; }
    void set_hypercalls(GuestRange entries, HypercallHandler* handler) override;
    void add_precise(GuestAddr) override {}
    void remove_precise(GuestRange) override {}
    void set_io_bus(IoBus*) override {} // Alpha has no port space of its own
    std::vector<GuestRange> take_touched() override { return machine_.tlb.take_touched(); }
    void set_watcher(InstructionWatcher& watcher) override { machine_.watcher = &watcher; }

private:
    AlphaMachine machine_;
};

} // namespace retromod
