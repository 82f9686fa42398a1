// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/unicorn/unicorn_engine.h"

#include "emu/cpu/unicorn/crash_guard.h"
#include "emu/cpu/unicorn/unicorn_error.h"

#include <fmt/format.h>

#include <sys/mman.h>

#include <cassert>
#include <limits>
#include <new>
#include <stdexcept>

namespace retromod {

UnicornEngine::UnicornEngine(const Cpu& cpu, const UnicornArch& arch, AddressSpace& memory)
    : cpu_(cpu), arch_(arch), memory_(memory), mmu_(arch.make_mmu())
{
    require(unicorn_library().open(arch.arch, arch.mode, &uc_), "uc_open");
    owner_.reset(uc_);
    if (arch.cpu_model >= 0) require(unicorn_library().ctl(uc_, UC_CTL_WRITE(UC_CTL_CPU_MODEL, 1), arch.cpu_model), "CPU model");
    void* page = mmap(nullptr, page_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) throw std::bad_alloc();
    decoy_page_ = static_cast<std::byte*>(page);
    mmu_->start(uc_);
    if (arch.make_hidden_state) hidden_ = arch.make_hidden_state();
    if (hidden_) hidden_->start(uc_);
    install_hooks();
    map_ports();
    require(unicorn_library().context_alloc(uc_, &pristine_), "uc_context_alloc");
    require(unicorn_library().context_save(uc_, pristine_), "uc_context_save");
}

UnicornEngine::~UnicornEngine()
{
    if (pristine_) unicorn_library().context_free(pristine_);
    owner_.reset(); // before the memory that it maps
    if (!failed_) munmap(decoy_page_, page_bytes);
}

// --- registers --------------------------------------------------------------------------------------------------

std::uint64_t UnicornEngine::reg(unsigned number) const
{
    if (number == cpu_.pc) return in_io_ && watches_memory_ ? io_pc_ : pc_.value;
    const auto& row = arch_.registers[number];
    if (hidden_ && row.id == 0) return hidden_->reg(number);
    std::uint64_t value[2] = {};
    unicorn_library().reg_read(uc_, row.id, value);
    return row.half == UnicornRegister::Half::high ? value[1] & 0xffff : value[0];
}

void UnicornEngine::set_reg(unsigned number, std::uint64_t value)
{
    if (number == cpu_.pc) {
        pc_ = {value};
        uncounted_ = no_address;
        return;
    }
    if (!arch_.may_write(number, value)) return;
    const auto& row = arch_.registers[number];
    if (hidden_ && row.id == 0) return hidden_->set_reg(number, value);
    std::uint64_t both[2] = {value, 0};
    if (row.half != UnicornRegister::Half::whole) {
        unicorn_library().reg_read(uc_, row.id, both);
        both[row.half == UnicornRegister::Half::high] = value;
    }
    unicorn_library().reg_write(uc_, row.id, both);
}

CpuContext UnicornEngine::save() const
{
    try {
        if (hidden_ && !running_) hidden_->settle(memory_);
    } catch (const KernelFault&) {
        // A frame that is not there keeps nothing: its registers are lost, as they are on the CPU.
    }
    return read_registers();
}

CpuContext UnicornEngine::read_registers() const
{
    CpuContext context;
    for (unsigned number = 0; number < arch_.registers.size(); ++number)
        context.reg[number] = reg(number);
    return context;
}

void UnicornEngine::restore(const CpuContext& context)
{
    if (exception_pending_) {
        unicorn_library().context_restore(uc_, pristine_);
        exception_pending_ = false;
    }
    for (unsigned number = 0; number < arch_.registers.size(); ++number)
        if (number == cpu_.pc || reg(number) != context.reg[number]) set_reg(number, context.reg[number]);
}

// An exception leaves traces in the emulated CPU that no register shows: what was in flight, a delay slot.
void UnicornEngine::reset_exception_state()
{
    if (!exception_pending_) return;
    const auto uncounted = uncounted_;
    restore(save());
    uncounted_ = uncounted;
}

// --- the run's loop ---------------------------------------------------------------------------------------------

Stop UnicornEngine::run(std::uint64_t blocks)
{
    assert(!running_);
    if (failed_) throw std::runtime_error("the CPU engine failed before");
    constexpr auto no_limit = std::numeric_limits<std::uint64_t>::max();
    limit_ = blocks > no_limit - blocks_ ? no_limit : blocks_ + blocks;
    for (;;) {
        synchronize();
        reset_exception_state();
        stop_.reset();
        paused_ = false;
        running_ = true;
        bad_access_.reset();
        last_precise_ = no_address;
        look_up_at_.store(0); // the first block is looked at, and sets what follows
        // `until` 0 is never reached as code and, unlike other values, costs no invalidation at the end of the run.
        const auto start = [](void* self) {
            auto& engine = *static_cast<UnicornEngine*>(self);
            return static_cast<int>(unicorn_library().emu_start(engine.uc_, engine.pc_.value, 0, 0, 0));
        };
        const auto call = call_guarded(start, this);
        running_ = false;
        if (call.signal) give_up(call.signal);
        const auto error = static_cast<uc_err>(call.result);
        look_up_at_.store(0); // the MMU may run code of its own
        remove_decoys({{0}, no_address});
        if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
        if (hidden_trap_) handle_hidden_trap();
        if (!stop_ && !paused_) after_failure(error);
        if (stop_) break;
    }
    if (stop_->kind == StopKind::fault) settle_fault(*stop_);
    return *stop_;
}

// Unicorn is not to be used any more, nor can what it has be given back.
void UnicornEngine::give_up(int signal)
{
    constexpr std::size_t most_bytes = 16;
    std::uint64_t pc = 0;
    unicorn_library().reg_read(uc_, arch_.registers[cpu_.pc].id, &pc);
    std::vector<std::byte> code(most_bytes);
    code.resize(memory_.read({pc}, code));
    std::string bytes;
    for (const auto byte : code) bytes += fmt::format(" {:02x}", static_cast<unsigned>(byte));
    failed_ = true;
    pristine_ = nullptr;
    static_cast<void>(owner_.release());
    throw std::runtime_error(fmt::format("the CPU engine cannot execute the code at {:#x} ({} bytes:{}): {}", pc, arch_.name, bytes,
                                         crash_sentence(signal)));
}

// Unicorn ended the run, not a hook of ours.
void UnicornEngine::after_failure(uc_err error)
{
    std::uint64_t pc = 0;
    unicorn_library().reg_read(uc_, arch_.registers[cpu_.pc].id, &pc);
    pc_ = {pc};
    exception_pending_ = !arch_.traces_instructions;
    if (error == UC_ERR_OK) {
        // `until` was reached, or the CPU halted. Some CPUs are a few bytes further by then, but nothing lies in page 0.
        const bool called_null = pc < page_bytes;
        if (called_null) pc_ = {};
        stop_ = called_null ? Stop{StopKind::fault, pc_, {pc_, Access::execute, false}} : Stop{StopKind::halt, pc_, {}};
    } else if (error == UC_ERR_INSN_INVALID || error == UC_ERR_EXCEPTION) {
        stop_ = Stop{StopKind::illegal, pc_, {}};
    } else if (bad_access_ && bad_access_->access != Access::execute && arch_.traces_instructions) {
        restore(at_bad_access_);
        stop_ = Stop{StopKind::fault, pc_, *bad_access_};
    } else if (bad_access_) {
        const bool fetched = bad_access_->access == Access::execute;
        if (!fetched && !arch_.exceptions_keep_pc) pc_ = {block_start_};
        stop_ = Stop{StopKind::fault, pc_, *bad_access_, 0, fetched};
    } else {
        throw std::runtime_error(std::string("unicorn: ") + unicorn_library().strerror(error));
    }
}

// Finds out what the emulated CPU does not say: which instruction it was, or how it accessed memory.
void UnicornEngine::settle_fault(Stop& stop)
{
    auto& fault = stop.fault;
    if (fault.access == Access::execute) return;
    const auto context = save();
    if (stop.pc_exact) {
        fault.access = access_of_instruction(cpu_, memory_, context, stop.pc, fault.address).value_or(fault.access);
    } else if (const auto found = find_instruction(fault).pc) {
        pc_ = stop.pc = *found;
        stop.pc_exact = true;
    }
}

// The instruction of the current block that accessed memory so; one that add_precise named is known to have been
// reached.
FaultSearch UnicornEngine::find_instruction(const MemoryFault& fault) const
{
    const auto context = save();
    if (last_precise_ - block_start_ < page_bytes &&
        access_of_instruction(cpu_, memory_, context, {last_precise_}, fault.address))
        return {GuestAddr{last_precise_}};
    return search_fault(cpu_, memory_, context, {block_start_}, fault);
}

// What a kernel's own handlers of the lowest level do, between two instructions of the guest.
void UnicornEngine::handle_hidden_trap()
{
    const auto vector = *std::exchange(hidden_trap_, std::nullopt);
    try {
        const auto result = hidden_->handle(vector, memory_, pc_);
        if (result.stop) {
            stop_ = result.stop;
            pc_ = stop_->pc;
            return;
        }
        if (result.next == pc_) runs_again_ = pc_.value;
        pc_ = result.next;
        paused_ = true;
    } catch (const KernelFault& fault) {
        stop_ = Stop{StopKind::fault, pc_, fault.fault};
    }
}

void UnicornEngine::synchronize()
{
    const auto* user = memory_.user_memory();
    const auto generation = user ? user->generation() : 0;
    if (user != user_ || generation != user_generation_) {
        user_ = memory_.user_memory();
        user_generation_ = generation;
        unmap_overlapping({{0}, memory_.arch().task_size.value});
    }
    if (memory_.has_unmapped())
        for (const auto range : memory_.take_unmapped())
            unmap_overlapping(range);
    drain_changes();
    if (attention_.load(std::memory_order_relaxed) & attention_crowded) {
        attention_.fetch_and(~attention_crowded, std::memory_order_relaxed);
        unmap_spare();
    }
    if (wanted_) {
        if (!find_mapped(wanted_)) map_at(wanted_);
        if (mmu_->needs_refill(wanted_)) mmu_->refill(wanted_);
        wanted_ = {};
    }
}

void UnicornEngine::drain_changes()
{
    if (!memory_.has_changed()) return;
    for (const auto range : memory_.take_changed())
        drop_translations(range);
}

bool UnicornEngine::needs_pause() const
{
    const auto* user = memory_.user_memory();
    return memory_.has_unmapped() || user != user_ || (user && user->generation() != user_generation_);
}

// --- configuration ----------------------------------------------------------------------------------------------

void UnicornEngine::set_hypercalls(GuestRange entries, HypercallHandler* handler)
{
    entries_start_ = entries.start.value;
    entries_bytes_ = handler ? entries.bytes : 0;
    handler_ = handler;
    current_page_ = no_address;
}

} // namespace retromod
