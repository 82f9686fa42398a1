// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/unicorn_engine.h"

#include <sys/mman.h>

#include <cassert>
#include <limits>
#include <new>
#include <stdexcept>

namespace retromod {
namespace {

void require(uc_err error, const char* what)
{
    if (error != UC_ERR_OK) throw std::runtime_error(std::string("unicorn: ") + what + ": " + uc_strerror(error));
}

} // namespace

UnicornEngine::UnicornEngine(const Cpu& cpu, const UnicornArch& arch, AddressSpace& memory)
    : cpu_(cpu), arch_(arch), memory_(memory), mmu_(arch.make_mmu())
{
    require(uc_open(arch.arch, arch.mode, &uc_), "uc_open");
    void* page = mmap(nullptr, page_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) throw std::bad_alloc();
    decoy_page_ = static_cast<std::byte*>(page);
    mmu_->start(uc_);
    install_hooks();
    require(uc_context_alloc(uc_, &pristine_), "uc_context_alloc");
    require(uc_context_save(uc_, pristine_), "uc_context_save");
}

UnicornEngine::~UnicornEngine()
{
    if (pristine_) uc_context_free(pristine_);
    if (uc_) uc_close(uc_);
    if (decoy_page_) munmap(decoy_page_, page_bytes);
}

// --- registers --------------------------------------------------------------------------------------------------

std::uint64_t UnicornEngine::reg(unsigned number) const
{
    if (number == cpu_.pc) return pc_.value;
    const auto& row = arch_.registers[number];
    std::uint64_t value[2] = {};
    uc_reg_read(uc_, row.id, value);
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
    std::uint64_t both[2] = {value, 0};
    if (row.half != UnicornRegister::Half::whole) {
        uc_reg_read(uc_, row.id, both);
        both[row.half == UnicornRegister::Half::high] = value;
    }
    uc_reg_write(uc_, row.id, both);
}

CpuContext UnicornEngine::save() const
{
    CpuContext context;
    for (unsigned number = 0; number < arch_.registers.size(); ++number) context.reg[number] = reg(number);
    return context;
}

void UnicornEngine::restore(const CpuContext& context)
{
    if (exception_pending_) {
        uc_context_restore(uc_, pristine_);
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
        const auto error = uc_emu_start(uc_, pc_.value, 0, 0, 0);
        running_ = false;
        look_up_at_.store(0); // the MMU may run code of its own
        remove_decoys({{0}, no_address});
        if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
        if (!stop_ && !paused_) after_failure(error);
        if (stop_) break;
    }
    if (stop_->kind == StopKind::fault) settle_fault(*stop_);
    return *stop_;
}

// Unicorn ended the run, not a hook of ours.
void UnicornEngine::after_failure(uc_err error)
{
    std::uint64_t pc = 0;
    uc_reg_read(uc_, arch_.registers[cpu_.pc].id, &pc);
    pc_ = {pc};
    exception_pending_ = true;
    if (error == UC_ERR_OK) {
        const bool called_null = pc == 0;
        stop_ = called_null ? Stop{StopKind::fault, pc_, {pc_, Access::execute, false}} : Stop{StopKind::halt, pc_, {}};
    } else if (error == UC_ERR_INSN_INVALID || error == UC_ERR_EXCEPTION) {
        stop_ = Stop{StopKind::illegal, pc_, {}};
    } else if (bad_access_) {
        const bool fetched = bad_access_->access == Access::execute;
        if (!fetched && !arch_.exceptions_keep_pc) pc_ = {block_start_};
        stop_ = Stop{StopKind::fault, pc_, *bad_access_, 0, fetched};
    } else {
        throw std::runtime_error(std::string("unicorn: ") + uc_strerror(error));
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

// The instruction of the current block that accessed memory so; one that add_precise named is known to have been reached.
FaultSearch UnicornEngine::find_instruction(const MemoryFault& fault) const
{
    const auto context = save();
    if (last_precise_ - block_start_ < page_bytes && access_of_instruction(cpu_, memory_, context, {last_precise_}, fault.address))
        return {GuestAddr{last_precise_}};
    return search_fault(cpu_, memory_, context, {block_start_}, fault);
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
        for (const auto range : memory_.take_unmapped()) unmap_overlapping(range);
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
    for (const auto range : memory_.take_changed()) drop_translations(range);
}

bool UnicornEngine::needs_pause() const
{
    const auto* user = memory_.user_memory();
    return memory_.has_unmapped() || user != user_ || (user && user->generation() != user_generation_);
}

// --- mapping ----------------------------------------------------------------------------------------------------

bool UnicornEngine::is_vmalloc(const Mapped& mapped) const
{
    return memory_.vmalloc_window().contains(mapped.mapping.range.start);
}

const UnicornEngine::Mapped* UnicornEngine::find_mapped(GuestAddr address) const
{
    auto after = mapped_.upper_bound(address.value);
    if (after == mapped_.begin()) return nullptr;
    const auto& found = std::prev(after)->second;
    return found.mapping.range.contains(address) ? &found : nullptr;
}

bool UnicornEngine::map_at(GuestAddr address)
{
    if (find_mapped(address)) return false;
    auto mapping = memory_.mapping({round_down(address.value, page_bytes)});
    if (!mapping || mapping->protection == Protection::none) return false;
    auto& range = mapping->range;
    if (const auto next = mapped_.lower_bound(range.start.value); next != mapped_.end())
        range.bytes = std::min(range.bytes, next->first - range.start.value);
    const auto physical = mmu_->physical(range.start);
    if (!physical) return false;
    const auto end = mmu_->physical(range.start + (range.bytes - 1));
    if (!end || *end - *physical != range.bytes - 1) range = {{round_down(address.value, page_bytes)}, page_bytes};
    remove_decoys({*physical, range.bytes});
    const bool executable = static_cast<unsigned>(mapping->protection) & 4;
    const bool writable = static_cast<unsigned>(mapping->protection) & 2;
    // Unicorn's own check of stores would let the block run on.
    const bool stores = writable || mmu_->checks_stores_to(range.start);
    const auto permissions = UC_PROT_READ | (stores ? UC_PROT_WRITE : 0) | (executable ? UC_PROT_EXEC : 0);
    require(uc_mem_map_ptr(uc_, physical->value, range.bytes, static_cast<std::uint32_t>(permissions), mapping->host), "uc_mem_map_ptr");
    mmu_->map(*mapping);
    mapped_.emplace(range.start.value, Mapped{*mapping, *physical});
    // Unicorn stops the process beyond some 4000 mappings.
    constexpr std::size_t comfortable = 256;
    if (mapped_.size() > comfortable) call_attention(attention_crowded);
    return true;
}

void UnicornEngine::unmap(MappedRanges::iterator at)
{
    const auto& [mapping, physical] = at->second;
    drop_translations(mapping.range);
    for (auto page = mapping.range.start; page < mapping.range.start + mapping.range.bytes; page += page_bytes)
        executed_.erase(page.value);
    current_page_ = no_address;
    mmu_->unmap(mapping.range);
    require(uc_mem_unmap(uc_, physical.value, mapping.range.bytes), "uc_mem_unmap");
    if (is_vmalloc(at->second) && (static_cast<unsigned>(mapping.protection) & 2)) touched_.push_back(mapping.range);
    mapped_.erase(at);
}

void UnicornEngine::unmap_overlapping(GuestRange range)
{
    auto at = mapped_.upper_bound(range.start.value);
    if (at != mapped_.begin() && std::prev(at)->second.mapping.range.contains(range.start)) --at;
    const auto end = range.start.value + range.bytes;
    while (at != mapped_.end() && at->first < end) unmap(at++);
}

// Gives back what is cheap to map again: all but the direct map and the code that runs.
void UnicornEngine::unmap_spare()
{
    for (auto at = mapped_.begin(); at != mapped_.end();) {
        const auto current = at++;
        const auto& range = current->second.mapping.range;
        if (!memory_.in_direct_map(range.start) && !range.contains(pc_)) unmap(current);
    }
}

void UnicornEngine::drop_translations(GuestRange range)
{
    executed_.for_each(range, [&](GuestRange part) {
        uc_ctl_remove_cache(uc_, part.start.value, part.start.value + part.bytes);
    });
}

void UnicornEngine::remove_decoys(GuestRange physical)
{
    std::erase_if(decoys_, [&](GuestAddr decoy) {
        if (!physical.contains(decoy)) return false;
        require(uc_mem_unmap(uc_, decoy.value, page_bytes), "uc_mem_unmap");
        return true;
    });
}

std::vector<GuestRange> UnicornEngine::take_touched()
{
    auto touched = std::exchange(touched_, {});
    const bool ran = std::exchange(touched_at_, blocks_) != blocks_;
    if (!ran) return touched;
    std::size_t areas = 0;
    for (const auto& [start, mapped] : mapped_) {
        if (!is_vmalloc(mapped)) continue;
        ++areas;
        if (static_cast<unsigned>(mapped.mapping.protection) & 2) touched.push_back(mapped.mapping.range);
    }
    // Few areas stay, so that a module that runs often is not translated anew each time.
    constexpr std::size_t kept_areas = 16;
    if (areas > kept_areas) call_attention(attention_crowded);
    return touched;
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
