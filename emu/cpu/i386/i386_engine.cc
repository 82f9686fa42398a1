// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/i386/i386_engine.h"

#include "emu/cpu/i386/i386_rare.h"
#include "emu/cpu/i386_registers.h"

#include <asm/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <limits>
#include <system_error>
#include <utility>

namespace retromod {
namespace {

constexpr std::uint32_t always_set = 0x002, interrupts = 0x200, direction = 0x400, overflow = 0x800;
constexpr std::uint32_t low_flags = 0xd5, others = 0x247000; ///< SF ZF AF PF CF; IOPL, NT, AC, ID

// Places in what fxsave64 stores.
constexpr std::size_t fx_control = 0, fx_status = 2, fx_tags = 4, fx_mxcsr = 24, fx_registers = 32;

/// Whether the register holds a valid number, zero or something special, as the full tag word says of registers in use.
unsigned full_tag(const std::uint8_t* stored)
{
    std::uint64_t mantissa = 0;
    std::uint16_t exponent = 0;
    std::memcpy(&mantissa, stored, sizeof mantissa);
    std::memcpy(&exponent, stored + 8, sizeof exponent);
    exponent &= 0x7fff;
    if (exponent == 0 && mantissa == 0) return 1;
    return exponent == 0 || exponent == 0x7fff || !(mantissa >> 63) ? 2 : 0;
}

/// Makes gs of this thread begin at the window. Nothing else in the process uses gs.
void set_window(std::byte* base)
{
    thread_local std::byte* current = nullptr;
    if (current == base) return;
    if (::syscall(SYS_arch_prctl, ARCH_SET_GS, base) != 0)
        throw std::system_error(errno, std::generic_category(), "arch_prctl: the base of gs");
    current = base;
}

} // namespace

GuestWindow* I386Engine::find_window(const AddressSpace& memory)
{
    const auto mapping = memory.mapping(memory.arch().page_offset);
    auto* const window = mapping ? GuestWindow::holding(mapping->host) : nullptr;
    return window && window->base() + mapping->range.start.value == mapping->host ? window : nullptr;
}

I386Engine::I386Engine(AddressSpace& memory, GuestWindow& window)
    : memory_(memory), window_(window), pages_(memory, window), translator_(memory, pages_), state_(std::make_unique<I386State>()),
      signals_(window.base(), pages_)
{
    auto& state = *state_;
    state.scratch_stack = reinterpret_cast<std::uint64_t>(state.scratch + std::size(state.scratch));
    state.base = reinterpret_cast<std::uint64_t>(window.base());
    state.map = translator_.map().base();
    state.count = count_.filled(0);
    constexpr std::uint16_t no_exceptions = 0x37f;
    constexpr std::uint32_t default_mxcsr = 0x1f80;
    std::memcpy(state.fpu + fx_control, &no_exceptions, sizeof no_exceptions);
    std::memcpy(state.fpu + fx_mxcsr, &default_mxcsr, sizeof default_mxcsr);
}

// --- registers --------------------------------------------------------------------------------------------------

std::uint32_t I386Engine::flags() const
{
    const auto& s = *state_;
    return (s.flags & low_flags) | always_set | (s.direction ? direction : 0) | (s.overflow ? overflow : 0) |
           (s.interrupts_delta + interrupts) | s.other_delta;
}

void I386Engine::set_flags(std::uint32_t value)
{
    auto& s = *state_;
    s.flags = static_cast<std::uint8_t>((value & low_flags) | always_set);
    s.overflow = (value & overflow) != 0;
    s.direction = (value & direction) != 0;
    s.interrupts_delta = (value & interrupts) - interrupts;
    s.other_delta = value & others;
}

std::uint64_t I386Engine::reg(unsigned number) const
{
    const auto& s = *state_;
    if (number < i386_eip) return s.registers[number];
    if (number == i386_eip) return pc_;
    if (number == i386_eflags) return flags();
    if (number < i386_fpu_control) return segments_[number - i386_cs];
    std::uint16_t word = 0;
    if (number == i386_fpu_control || number == i386_fpu_status) {
        std::memcpy(&word, s.fpu + (number == i386_fpu_control ? fx_control : fx_status), sizeof word);
        return word;
    }
    if (number == i386_fpu_tags) {
        const auto top = s.fpu[fx_status + 1] >> 3 & 7;
        unsigned tags = 0;
        for (unsigned physical = 0; physical < 8; ++physical) {
            const bool used = s.fpu[fx_tags] >> physical & 1;
            const auto* const stored = s.fpu + fx_registers + 16 * ((physical - top) & 7);
            tags |= (used ? full_tag(stored) : 3u) << 2 * physical;
        }
        return tags;
    }
    const auto half = number - i386_st0;
    std::uint64_t value = 0;
    std::memcpy(&value, s.fpu + fx_registers + 16 * (half / 2) + 8 * (half % 2), half % 2 ? 2 : 8);
    return value;
}

void I386Engine::set_reg(unsigned number, std::uint64_t value)
{
    auto& s = *state_;
    const auto low = static_cast<std::uint32_t>(value);
    if (number < i386_eip) s.registers[number] = low;
    else if (number == i386_eip) pc_ = low;
    else if (number == i386_eflags) set_flags(low);
    else if (number < i386_fpu_control) segments_[number - i386_cs] = low & 0xffff;
    else if (number == i386_fpu_control) std::memcpy(s.fpu + fx_control, &low, 2);
    else if (number == i386_fpu_status) std::memcpy(s.fpu + fx_status, &low, 2);
    else if (number == i386_fpu_tags) {
        s.fpu[fx_tags] = 0;
        for (unsigned physical = 0; physical < 8; ++physical)
            if ((value >> 2 * physical & 3) != 3) s.fpu[fx_tags] |= static_cast<std::uint8_t>(1u << physical);
    } else {
        const auto half = number - i386_st0;
        std::memcpy(s.fpu + fx_registers + 16 * (half / 2) + 8 * (half % 2), &value, half % 2 ? 2 : 8);
    }
}

CpuContext I386Engine::save() const
{
    CpuContext context;
    for (unsigned number = 0; number < i386_register_count; ++number) context.reg[number] = reg(number);
    return context;
}

void I386Engine::restore(const CpuContext& context)
{
    for (unsigned number = 0; number < i386_register_count; ++number) set_reg(number, context.reg[number]);
}

// --- what others ask --------------------------------------------------------------------------------------------

void I386Engine::interrupt() noexcept
{
    interrupted_.store(true);
    count_.close();
}

void I386Engine::set_hypercalls(GuestRange entries, HypercallHandler* handler)
{
    handler_ = handler;
    translator_.set_entries(entries);
}

std::vector<GuestRange> I386Engine::take_touched()
{
    const auto now = blocks_executed();
    return pages_.take_touched(std::exchange(touched_at_, now) != now);
}

// --- the run's loop ---------------------------------------------------------------------------------------------

Stop I386Engine::run(std::uint64_t blocks)
{
    constexpr auto no_limit = std::numeric_limits<std::uint64_t>::max();
    const auto done = blocks_executed();
    limit_ = blocks > no_limit - done ? no_limit : done + blocks;
    stop_.reset();
    const I386SignalRun signals(*state_, translator_.cache());
    set_window(window_.base());
    fill_count();
    synchronize();
    if (interrupted_.exchange(false)) {
        count_.open();
        return {StopKind::budget, {pc_}, {}};
    }
    go_to(pc_, Start::block);
    while (!stop_) {
        pages_.show_to_guest();
        state_->fpu_in_use = translator_.uses_fpu();
        enter_i386(*state_);
        handle_exit();
    }
    if (losing_) pages_.close_lost();
    losing_ = false;
    synchronize(); // user pages go back
    pc_ = static_cast<std::uint32_t>(stop_->pc.value);
    return *stop_;
}

/// Takes in what the host changed in memory, and gives the user's pages back.
void I386Engine::synchronize()
{
    if (pages_.has_user_pages()) {
        std::vector<GuestRange> gone;
        pages_.give_back_user_pages(gone);
        for (const auto& range : gone) translator_.drop(range);
    }
    if (translator_.has_user_code()) translator_.drop({{0}, memory_.arch().task_size.value});
    if (memory_.has_unmapped())
        for (const auto& range : memory_.take_unmapped()) {
            translator_.drop(range);
            pages_.unmap(range);
        }
    if (memory_.has_changed())
        for (const auto& range : memory_.take_changed()) translator_.drop(range);
    if (pages_.has_busy()) make_busy_pages_mixed();
}

/// Takes the run's next blocks into the count.
void I386Engine::fill_count()
{
    const auto done = blocks_executed();
    const auto left = std::min(limit_ - done, I386BlockCount::most);
    state_->count = count_.filled(left);
    blocks_filled_ = done + left;
}

void I386Engine::resume_at(std::uint32_t code) { state_->code = translator_.cache().executable(code); }

void I386Engine::go_to(std::uint32_t pc, Start start)
{
    if (translator_.is_entry(pc)) return call_entry(pc);
    if (const auto code = translator_.find(pc, start)) return resume_at(*code);
    end_with_fault(pc, pc, Access::execute);
}

void I386Engine::end_at(StopKind kind, std::uint32_t pc, unsigned vector) { end({kind, {pc}, {}, vector}); }

void I386Engine::handle_exit()
{
    auto& state = *state_;
    const auto reason = static_cast<I386Exit>(state.reason);
    if (reason == I386Exit::fault) return handle_fault();
    if (losing_) {
        pages_.close_lost();
        losing_ = false;
    }
    switch (reason) {
    case I386Exit::link: return follow_link();
    case I386Exit::miss: return miss(state.target);
    case I386Exit::entry: return call_entry(state.target);
    case I386Exit::rare: return I386Rare(*this).run(state.target, state.detail);
    case I386Exit::go_on: return go_to(state.target, Start::inside);
    case I386Exit::fetch: {
        const auto code = memory_.bytes({state.target}, Access::execute, 15);
        return end_with_fault(state.target, state.target + static_cast<std::uint32_t>(code.size()), Access::execute);
    }
    case I386Exit::stale: {
        const auto found = translator_.cache().find(state.detail);
        const auto start = found.block && found.block->counted ? Start::block : Start::inside;
        translator_.drop_block(state.detail);
        return go_to(state.target, start);
    }
    case I386Exit::dead: return follow_dead_block();
    case I386Exit::fault: break;
    }
}

void I386Engine::follow_link()
{
    const auto target = state_->target, site = state_->detail;
    const auto generation = translator_.generation();
    if (translator_.is_entry(target)) return call_entry(target);
    const auto code = translator_.find(target, Start::block);
    if (!code) return end_with_fault(target, target, Access::execute);
    if (site && generation == translator_.generation()) translator_.link(site, *code);
    resume_at(*code);
}

void I386Engine::follow_dead_block()
{
    const auto target = state_->target, dead = state_->detail;
    const auto generation = translator_.generation();
    const auto found = translator_.cache().find(dead);
    const auto start = found.block && found.block->counted ? Start::block : Start::inside;
    const auto code = translator_.find(target, start);
    if (!code) return end_with_fault(target, target, Access::execute);
    if (generation == translator_.generation()) translator_.link(dead + 1, *code); // its jmp
    resume_at(*code);
}

void I386Engine::miss(std::uint32_t target)
{
    if (translator_.is_entry(target)) translator_.open_entry(target);
    go_to(target, Start::block);
}

// --- kernel entries ---------------------------------------------------------------------------------------------

/// Counts the entry as the block that it is; false when the run ends before it.
bool I386Engine::count_entry(std::uint32_t entry)
{
    if (interrupted_.load(std::memory_order_relaxed) && interrupted_.exchange(false)) {
        count_.open();
        end_at(StopKind::budget, entry);
        return false;
    }
    if (count_.left(state_->count) == 0) {
        if (blocks_executed() >= limit_) {
            end_at(StopKind::budget, entry);
            return false;
        }
        fill_count();
    }
    --state_->count;
    return true;
}

void I386Engine::call_entry(std::uint32_t entry)
{
    if (!count_entry(entry)) return;
    pc_ = entry;
    if (pages_.has_user_pages() || translator_.has_user_code()) synchronize();
    const auto next = handler_->on_hypercall({entry});
    if (next == HypercallHandler::Next::stop) return end_at(StopKind::hypercall, entry);
    set_window(window_.base()); // the handler may have run another engine
    if (memory_.has_unmapped() || memory_.has_changed() || pages_.has_busy()) synchronize();
    return_from_entry(entry);
}

/// What stands there is a return to the caller.
void I386Engine::return_from_entry(std::uint32_t entry)
{
    auto& esp = state_->registers[4];
    const auto code = memory_.bytes({entry}, Access::execute, 1);
    constexpr std::byte ret{0xc3};
    if (code.empty() || code[0] != ret) {
        if (const auto own = translator_.find(entry, Start::inside)) return resume_at(*own);
        return end_with_fault(entry, entry, Access::execute);
    }
    const auto stack = memory_.bytes({esp}, Access::read, 4);
    if (stack.size() < 4) return end_with_fault(entry, esp + static_cast<std::uint32_t>(stack.size()), Access::read);
    std::uint32_t target = 0;
    std::memcpy(&target, stack.data(), sizeof target);
    esp += 4;
    if (const auto known = translator_.find_counted(target)) return resume_at(known);
    go_to(target, Start::block);
}

} // namespace retromod
