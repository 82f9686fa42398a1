// SPDX-License-Identifier: GPL-2.0-or-later
// What a signal of the host means to the guest. The registers are exact: no instruction changes one before it can fault any more.
#include "emu/cpu/i386/i386_engine.h"

#include "emu/memory/guest_window.h"

#include <stdexcept>

namespace retromod {
namespace {

// The CPU's numbers of exceptions. Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3, table 6-1.
constexpr unsigned divide_error = 0, invalid_opcode = 6, general_protection = 13, page_fault = 14, x87_error = 16,
                   alignment_check = 17, simd_error = 19;
constexpr std::uint64_t error_of_write = 2; ///< a bit of a page fault's error code
constexpr unsigned ecx = 1;

} // namespace

void I386Engine::handle_fault()
{
    auto& state = *state_;
    const auto fault = state.fault;
    auto& cache = translator_.cache();
    if (fault.trap == page_fault && translator_.map().holds(fault.address)) return miss(fault.target);
    const auto place = cache.find(cache.offset_of(fault.code));
    if (!place.block) throw std::runtime_error("i386: a fault outside of translated code");
    if (place.in_prologue && place.block->compares) state.registers[ecx] = fault.kept_ecx;
    switch (fault.trap) {
    case page_fault: {
        if (place.in_prologue && count_.holds(fault.address)) return count_ran_out(place);
        const auto address = fault.address - state.base + GuestWindow::guard_bytes;
        if (address >= GuestWindow::bytes + 2 * GuestWindow::guard_bytes)
            throw std::runtime_error("i386: translated code left the guest's memory");
        return memory_fault(place, static_cast<std::uint32_t>(fault.address - state.base), fault.error & error_of_write);
    }
    case invalid_opcode: return end_at(StopKind::illegal, place.pc);
    case divide_error:
    case general_protection:
    case x87_error:
    case alignment_check:
    case simd_error: return end_at(StopKind::trap, place.pc, fault.trap);
    default: throw std::runtime_error("i386: an exception of the host that guest code does not raise");
    }
}

// The block has counted itself already.
void I386Engine::count_ran_out(const I386CodeCache::Found& place)
{
    ++state_->count;
    if (interrupted_.exchange(false)) {
        count_.open();
        return end_at(StopKind::budget, place.pc);
    }
    if (count_.left(state_->count) != 0) { // closed by an interrupt that was taken in already
        count_.open();
        return resume_at(place.code);
    }
    if (blocks_executed() >= limit_) return end_at(StopKind::budget, place.pc);
    fill_count();
    resume_at(place.code);
}

void I386Engine::end_with_fault(std::uint32_t pc, std::uint32_t address, Access access)
{
    const bool mapped = access != Access::read && !memory_.bytes({address}, Access::read, 1).empty();
    end({StopKind::fault, {pc}, {{address}, access, mapped}});
}

/// Runs the instruction again, from its beginning.
void I386Engine::resume_instruction(const I386CodeCache::Found& place)
{
    if (!place.block->dead) return resume_at(place.code);
    go_to(place.pc, place.in_prologue && place.block->counted ? Start::block : Start::inside);
}

void I386Engine::memory_fault(const I386CodeCache::Found& place, std::uint32_t address, bool write)
{
    const auto found = place; // the block may move
    switch (pages_.resolve({address}, write)) {
    case I386Pages::Refusal::none: return resume_instruction(found);
    case I386Pages::Refusal::fault: return end_with_fault(found.pc, address, write ? Access::write : Access::read);
    case I386Pages::Refusal::code:
        drop_page(address);
        make_busy_pages_mixed();
        return run_alone(found.pc);
    case I386Pages::Refusal::lost:
        pages_.open_lost({address});
        losing_ = true;
        return run_alone(found.pc);
    }
}

// A store that is tried again in a fresh block would refuse itself once more, where its own block lies in the page.
void I386Engine::run_alone(std::uint32_t pc)
{
    if (const auto code = translator_.translate_alone(pc)) return resume_at(*code);
    end_with_fault(pc, pc, Access::execute);
}

void I386Engine::drop_page(std::uint32_t address)
{
    constexpr std::uint64_t page_bytes = 4096;
    const GuestAddr page{round_down(address, page_bytes)};
    translator_.drop({page, page_bytes});
    pages_.remove_code(page);
}

void I386Engine::make_busy_pages_mixed()
{
    for (const auto page : pages_.take_busy()) {
        drop_page(static_cast<std::uint32_t>(page.value));
        pages_.make_mixed(page);
    }
}

} // namespace retromod
