// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/cpu/engine.h"
#include "emu/cpu/i386/i386_block_count.h"
#include "emu/cpu/i386/i386_pages.h"
#include "emu/cpu/i386/i386_signals.h"
#include "emu/cpu/i386/i386_state.h"
#include "emu/cpu/i386/i386_translator.h"
#include "emu/memory/cpu_clock.h"

#include <atomic>
#include <map>

namespace retromod {

/// The engine of our own for i386 guests on x86-64 hosts. Guest code runs as host code of nearly the same bytes, in a window of
/// 4 GB that none of its memory operands can leave. Faults are the host's own and always exact. docs/engine.md says how.
class I386Engine final : public Engine {
public:
    /// The window that this memory is in; null: this engine cannot run it.
    static GuestWindow* find_window(const AddressSpace& memory);

    /// Throws std::system_error or std::bad_alloc when the host gives no memory or addresses.
    I386Engine(AddressSpace& memory, GuestWindow& window);

    Stop run(std::uint64_t blocks) override;
    void interrupt() noexcept override;
    std::uint64_t reg(unsigned number) const override;
    void set_reg(unsigned number, std::uint64_t value) override;
    CpuContext save() const override;
    void restore(const CpuContext& context) override;
    std::uint64_t blocks_executed() const override { return blocks_filled_ - count_.left(state_->count); }
    void set_hypercalls(GuestRange entries, HypercallHandler* handler) override;
    void add_precise(GuestAddr) override {}
    void remove_precise(GuestRange) override {}
    void set_io_bus(IoBus* bus) override { io_bus_ = bus, clock_ = dynamic_cast<CpuClock*>(bus); }
    std::vector<GuestRange> take_touched() override;

private:
    using Start = I386Translator::Start;

    // --- the run's loop ---
    void synchronize();
    void fill_count();
    void resume_at(std::uint32_t code);
    void go_to(std::uint32_t pc, Start start);
    void end(Stop stop) { stop_ = stop; }
    void end_at(StopKind kind, std::uint32_t pc, unsigned vector = 0);
    void handle_exit();
    void follow_link();
    void follow_dead_block();
    void miss(std::uint32_t target);
    void call_entry(std::uint32_t entry);
    bool count_entry(std::uint32_t entry);
    void return_from_entry(std::uint32_t entry);

    // --- faults: i386_fault.cc ---
    void handle_fault();
    void count_ran_out(const I386CodeCache::Found& place);
    void memory_fault(const I386CodeCache::Found& place, std::uint32_t address, bool write);
    void resume_instruction(const I386CodeCache::Found& place);
    void run_alone(std::uint32_t pc);
    void end_with_fault(std::uint32_t pc, std::uint32_t address, Access access);
    void drop_page(std::uint32_t address);
    void make_busy_pages_mixed();

    // --- instructions that are not emitted: i386_rare.cc ---
    friend class I386Rare;

    std::uint32_t flags() const;
    void set_flags(std::uint32_t value);

    AddressSpace& memory_;
    GuestWindow& window_;
    I386Pages pages_;
    I386BlockCount count_;
    I386Translator translator_;
    std::unique_ptr<I386State> state_;
    I386SignalScope signals_;
    IoBus* io_bus_ = nullptr;
    CpuClock* clock_ = nullptr;    ///< the bus's; null: it has none
    std::uint64_t time_stamp_ = 0; ///< what rdtsc gave last
    HypercallHandler* handler_ = nullptr;

    std::uint32_t pc_ = 0; ///< while the guest stands still
    std::uint32_t segments_[6] = {0x10, 0x18, 0x18, 0x18, 0, 0}; ///< cs, ss, ds, es, fs, gs, as CpuContext numbers them
    /// cr0 as kernels of 2.4 have it: paging, write protection, alignment, FPU; cr3: their swapper_pg_dir.
    std::uint32_t control_[8] = {0x8005003b, 0, 0, 0x101000};
    std::map<std::uint32_t, std::uint64_t> model_specific_;
    std::uint64_t blocks_filled_ = 0; ///< blocks_executed when the count that is under way is used up
    std::uint64_t limit_ = 0;         ///< value of blocks_executed at which the run ends
    std::optional<Stop> stop_;
    bool running_alone_ = false;      ///< code for a rare instruction was made and is to run
    bool losing_ = false;             ///< pages are open whose stores are to change nothing
    std::atomic<bool> interrupted_{false};
    std::uint64_t touched_at_ = 0;
};

} // namespace retromod
