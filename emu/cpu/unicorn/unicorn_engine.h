// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/cpu/cpu.h"
#include "emu/cpu/instruction_watcher.h"
#include "emu/cpu/memory_operand.h"
#include "emu/cpu/unicorn/page_set.h"
#include "emu/cpu/unicorn/unicorn_arch.h"
#include "emu/cpu/unicorn/unicorn_library.h"

#include <atomic>
#include <exception>
#include <map>
#include <set>

namespace retromod {

/// The Engine over Unicorn. What the guest may touch is mapped when it is touched first; kernel entries, budgets and
/// the record of executed pages all hang on one hook that runs at the start of each block.
///
/// Traps of Unicorn 2.0.1 that shape it: translations of code outlive every write that is not the guest's own, and even
/// an unmapping; a store to unmapped memory lets the rest of its block run, without a program counter; writing the
/// program counter inside a hook breaks the run; an exception is remembered, and the next one becomes a double fault.
class UnicornEngine final : public Engine, public WatchedEngine {
public:
    /// Throws std::runtime_error when Unicorn fails.
    UnicornEngine(const Cpu& cpu, const UnicornArch& arch, AddressSpace& memory);
    ~UnicornEngine() override;

    Stop run(std::uint64_t blocks) override;
    void interrupt() noexcept override { call_attention(attention_interrupt); }
    std::uint64_t reg(unsigned number) const override;
    void set_reg(unsigned number, std::uint64_t value) override;
    CpuContext save() const override;
    void restore(const CpuContext& context) override;
    std::uint64_t blocks_executed() const override { return blocks_; }
    void set_hypercalls(GuestRange entries, HypercallHandler* handler) override;
    void add_precise(GuestAddr pc) override;
    void remove_precise(GuestRange range) override;
    void set_io_bus(IoBus* bus) override;
    std::vector<GuestRange> take_touched() override;
    void set_watcher(InstructionWatcher& watcher) override;

private:
    friend struct UnicornHooks;

    struct Mapped {
        AddressSpace::Mapping mapping;
        GuestAddr physical;
    };
    using MappedRanges = std::map<std::uint64_t, Mapped>;

    void install_hooks();
    void map_ports();

    // --- the run's loop ---
    void synchronize();
    void drain_changes();
    bool needs_pause() const;
    void after_failure(uc_err error);
    [[noreturn]] void give_up(int signal);
    void settle_fault(Stop& stop);
    void handle_hidden_trap();
    CpuContext read_registers() const;
    FaultSearch find_instruction(const MemoryFault& fault) const;
    void reset_exception_state();

    // --- mapping ---
    const Mapped* find_mapped(GuestAddr address) const;
    bool map_at(GuestAddr address);
    void unmap(MappedRanges::iterator at);
    void unmap_overlapping(GuestRange range);
    void unmap_spare();
    void drop_translations(GuestRange range);
    void remove_decoys(GuestRange physical);
    bool is_vmalloc(const Mapped& mapped) const;

    // --- hooks ---
    void look_at_block(std::uint64_t address, std::uint32_t bytes);
    void enter_page(std::uint64_t address, std::uint32_t bytes);
    void on_entry(std::uint64_t address);
    void watch(std::uint64_t address);
    void watch_access(Access access, std::uint64_t address, unsigned bytes);
    bool add_decoy(GuestAddr address);
    bool on_bad_access(uc_mem_type type, std::uint64_t address);
    void on_exception(unsigned vector);
    void on_memory_exception(GuestAddr pc, Access access);
    void stop_with(Stop stop);
    void call_attention(std::uint32_t why) noexcept
    {
        attention_.fetch_or(why);
        look_up_at_.store(0);
    }
    void pause();
    void end_run();

    static constexpr std::uint64_t no_address = ~std::uint64_t{0};

    // What every block's hook uses, together.
    alignas(64) std::uint64_t blocks_ = 0;
    std::atomic<std::uint64_t> look_up_at_{0}; ///< value of blocks_ from which on each block is looked at closely
    std::uint64_t current_page_ = no_address;  ///< of the block before: it is in executed_, and holds no kernel entry
    std::uint64_t block_start_ = 0;            ///< where exceptions do not keep the program counter

    const Cpu& cpu_;
    const UnicornArch& arch_;
    AddressSpace& memory_;
    uc_engine* uc_ = nullptr;
    uc_context* pristine_ = nullptr; ///< no exception pending; our control registers
    std::unique_ptr<GuestMmu> mmu_;
    std::unique_ptr<HiddenState> hidden_;
    struct Close {
        void operator()(uc_engine* uc) const { unicorn_library().close(uc); }
    };
    std::unique_ptr<uc_engine, Close> owner_; ///< of uc_; goes before the memory that mmu_ lends it
    IoBus* io_bus_ = nullptr;
    bool watches_memory_ = false; ///< the hooks that tell it of memory are there, and slow everything
    bool in_io_ = false;          ///< it is being called: for the instruction at io_pc_
    std::uint64_t io_pc_ = 0;     ///< the instruction under way; known while it watches

    GuestAddr pc_;                         ///< valid while the guest stands still
    std::uint64_t limit_ = 0;              ///< value of blocks_ at which the run ends
    std::uint64_t uncounted_ = no_address; ///< the block that starts here was counted before the run was interrupted
    bool skip_entry_ = false;              ///< the handler has been called for the entry at uncounted_

    std::uint64_t entries_start_ = 0;
    std::uint64_t entries_bytes_ = 0;
    HypercallHandler* handler_ = nullptr;

    InstructionWatcher* watcher_ = nullptr;
    std::uint64_t runs_again_ = no_address; ///< the watcher was told of the instruction there, which had no effect yet

    // What a hook leaves for the loop.
    std::optional<Stop> stop_;
    bool paused_ = false;
    bool running_ = false;
    bool failed_ = false; ///< it crashed: nothing may be asked of it
    GuestAddr wanted_; ///< to be mapped before the run goes on
    std::exception_ptr error_;
    CpuContext at_bad_access_;              ///< where instructions are traced: the registers before it changed any
    std::optional<MemoryFault> bad_access_; ///< seen by the hook of unmapped memory, to come back as an exception
    bool exception_pending_ = false;
    std::optional<unsigned> hidden_trap_; ///< an exception that hidden_ deals with before the run goes on

    static constexpr std::uint32_t attention_interrupt = 1, attention_crowded = 2;
    std::atomic<std::uint32_t> attention_{0};

    MappedRanges mapped_;           ///< by start
    std::vector<GuestAddr> decoys_; ///< physical addresses of pages that only make Unicorn ask the MMU
    std::byte* decoy_page_ = nullptr;
    std::uint64_t user_generation_ = 0;
    UserMemory* user_ = nullptr;
    PageSet executed_;
    std::vector<GuestRange> touched_; ///< writable vmalloc ranges that were unmapped again since take_touched
    std::uint64_t touched_at_ = 0;    ///< blocks_ at the last take_touched

    std::map<std::uint64_t, uc_hook> precise_;
    std::uint64_t last_precise_ = no_address;

    static constexpr std::uint64_t page_bytes = 4096; ///< of the engine, whatever the guest's are
};

} // namespace retromod
