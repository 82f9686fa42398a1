// SPDX-License-Identifier: GPL-2.0-or-later
// What Unicorn calls while the guest runs. No exception may pass from here into Unicorn: a caught one is kept, and
// thrown again by run().
#include "emu/cpu/unicorn/unicorn_engine.h"

#include "emu/cpu/unicorn/crash_guard.h"
#include "emu/cpu/unicorn/unicorn_error.h"
#include "emu/memory/port_window.h"

#include <stdexcept>

namespace retromod {

struct UnicornHooks {
    /// Runs `body`, keeps what it throws and ends the run.
    template <class Body> static void guard(UnicornEngine& engine, Body body) noexcept
    {
        try {
            body();
        } catch (...) {
            if (!engine.error_) engine.error_ = std::current_exception();
            engine.end_run();
        }
    }
    /// Calls the I/O bus, if there is one; meanwhile the program counter is that of the instruction.
    template <class Call> static void with_bus(void* user, Call call)
    {
        auto& self = engine(user);
        if (!self.io_bus_) return;
        self.in_io_ = true;
        guard(self, [&] { call(self, *self.io_bus_); });
        self.in_io_ = false;
    }
    static void instruction(uc_engine*, std::uint64_t address, std::uint32_t, void* user) { engine(user).io_pc_ = address; }
    static UnicornEngine& engine(void* user) { return *static_cast<UnicornEngine*>(user); }

    // Comes before the block's first instruction; a stop from here leaves the whole block undone. This is the path that
    // every block takes: one test for whatever is unusual, one for code outside of the page of the block before.
    template <bool notes_start> static void block(uc_engine*, std::uint64_t address, std::uint32_t bytes, void* user)
    {
        auto& self = engine(user);
        constexpr auto page_bytes = UnicornEngine::page_bytes;
        if constexpr (notes_start) self.block_start_ = address;
        if (self.blocks_ >= self.look_up_at_.load(std::memory_order_relaxed)) [[unlikely]]
            return self.look_at_block(address, bytes);
        ++self.blocks_;
        if (address - self.current_page_ > page_bytes - bytes) [[unlikely]]
            return self.enter_page(address, bytes);
    }
    static void precise(uc_engine*, std::uint64_t address, std::uint32_t, void* user)
    {
        engine(user).last_precise_ = address;
    }
    static bool bad_access(uc_engine*, uc_mem_type type, std::uint64_t address, int, std::int64_t, void* user)
    {
        bool handled = false;
        guard(engine(user), [&] { handled = engine(user).on_bad_access(type, address); });
        return handled;
    }
    static void exception(uc_engine*, std::uint32_t vector, void* user)
    {
        guard(engine(user), [&] { engine(user).on_exception(vector); });
    }
    static std::uint32_t in(uc_engine*, std::uint32_t port, int size, void* user)
    {
        const auto ones = size >= 4 ? 0xffffffffu : (1u << (8 * size)) - 1;
        auto value = ones;
        with_bus(user, [&](UnicornEngine&, IoBus& bus) {
            value = bus.in(static_cast<std::uint16_t>(port), static_cast<unsigned>(size));
        });
        return value & ones;
    }
    static void out(uc_engine*, std::uint32_t port, int size, std::uint32_t value, void* user)
    {
        with_bus(user, [&](UnicornEngine&, IoBus& bus) {
            bus.out(static_cast<std::uint16_t>(port), static_cast<unsigned>(size), value);
        });
    }
    // The window of ports: what the bus has is little-endian, the CPU's values are in its own order.
    static std::uint64_t load_port(uc_engine* uc, std::uint64_t offset, unsigned size, void* user)
    {
        return in_bus_order(engine(user), in(uc, static_cast<std::uint32_t>(offset), static_cast<int>(size), user), size);
    }
    static void store_port(uc_engine* uc, std::uint64_t offset, unsigned size, std::uint64_t value, void* user)
    {
        const auto swapped = in_bus_order(engine(user), static_cast<std::uint32_t>(value), size);
        out(uc, static_cast<std::uint32_t>(offset), static_cast<int>(size), swapped, user);
    }
    static void watched(uc_engine*, std::uint64_t address, std::uint32_t, void* user)
    {
        guard(engine(user), [&] { engine(user).watch(address); });
    }
    static void watched_access(uc_engine*, uc_mem_type type, std::uint64_t address, int size, std::int64_t, void* user)
    {
        const auto access = type == UC_MEM_WRITE ? Access::write : Access::read;
        guard(engine(user), [&] { engine(user).watch_access(access, address, static_cast<unsigned>(size)); });
    }
    static void memory(uc_engine*, uc_mem_type type, std::uint64_t address, int size, std::int64_t value, void* user)
    {
        with_bus(user, [&](UnicornEngine& self, IoBus& bus) {
            if (!self.memory_.vmalloc_window().contains({address})) return;
            const bool write = type == UC_MEM_WRITE;
            const auto bytes = static_cast<unsigned>(size);
            try {
                const auto there =
                    write ? truncated(static_cast<std::uint64_t>(value), bytes) : self.memory_.load_sized({address}, bytes);
                bus.memory_accessed(write, {address}, bytes, there);
            } catch (const KernelFault&) { // the access itself will be one
            }
        });
    }

private:
    static std::uint32_t in_bus_order(const UnicornEngine& self, std::uint32_t value, unsigned size)
    {
        std::array<std::byte, 8> bytes{};
        store_unsigned(bytes.data(), size, ByteOrder::little, value);
        return static_cast<std::uint32_t>(load_unsigned(bytes.data(), size, self.memory_.arch().order));
    }
    static std::uint64_t truncated(std::uint64_t value, unsigned bytes)
    {
        return bytes >= 8 ? value : value & ((std::uint64_t{1} << 8 * bytes) - 1);
    }
};

namespace {

template <class Callback, class... More>
uc_hook add_hook(uc_engine* uc, void* user, int type, Callback* callback, std::uint64_t begin, std::uint64_t end,
                 More... more)
{
    uc_hook hook = 0;
    const auto error = unicorn_library().hook_add(uc, &hook, type, reinterpret_cast<void*>(callback), user, begin, end, more...);
    if (error != UC_ERR_OK) throw std::runtime_error(std::string("unicorn: uc_hook_add: ") + unicorn_library().strerror(error));
    return hook;
}

Access access_of(uc_mem_type type)
{
    switch (type) {
    case UC_MEM_WRITE_UNMAPPED:
    case UC_MEM_WRITE_PROT:
        return Access::write;
    case UC_MEM_FETCH_UNMAPPED:
    case UC_MEM_FETCH_PROT:
        return Access::execute;
    default:
        return Access::read;
    }
}

} // namespace

void UnicornEngine::install_hooks()
{
    add_hook(uc_, this, UC_HOOK_BLOCK,
             arch_.exceptions_keep_pc ? UnicornHooks::block<false> : UnicornHooks::block<true>, 1, 0);
    add_hook(uc_, this, UC_HOOK_MEM_UNMAPPED | UC_HOOK_MEM_PROT, UnicornHooks::bad_access, 1, 0);
    add_hook(uc_, this, UC_HOOK_INTR, UnicornHooks::exception, 1, 0);
    if (arch_.traces_instructions) add_hook(uc_, this, UC_HOOK_CODE, UnicornHooks::precise, 1, 0);
    if (!arch_.has_ports) return;
    add_hook(uc_, this, UC_HOOK_INSN, UnicornHooks::in, 1, 0, UC_X86_INS_IN);
    add_hook(uc_, this, UC_HOOK_INSN, UnicornHooks::out, 1, 0, UC_X86_INS_OUT);
}

void UnicornEngine::map_ports()
{
    const auto window = port_window(memory_.arch());
    if (!window) return;
    const auto error = unicorn_library().mmio_map(uc_, window->physical.value, port_space_bytes, UnicornHooks::load_port, this,
                                   UnicornHooks::store_port, this);
    require(error, "window of ports");
}

void UnicornEngine::set_io_bus(IoBus* bus)
{
    io_bus_ = bus;
    if (!bus || !bus->watches_memory() || watches_memory_) return;
    watches_memory_ = true;
    add_hook(uc_, this, UC_HOOK_MEM_READ | UC_HOOK_MEM_WRITE, UnicornHooks::memory, 1, 0);
    add_hook(uc_, this, UC_HOOK_CODE, UnicornHooks::instruction, 1, 0);
}

void UnicornEngine::stop_with(Stop stop)
{
    stop_ = stop;
    pc_ = stop.pc;
    end_run();
}

void UnicornEngine::pause()
{
    paused_ = true;
    end_run();
}

void UnicornEngine::end_run()
{
    look_up_at_.store(0); // Unicorn still calls the hook of the next block
    unicorn_library().emu_stop(uc_);
}

// A block of which something is to be said.
void UnicornEngine::look_at_block(std::uint64_t address, std::uint32_t bytes)
{
    if (!running_ || stop_ || paused_ || error_) return;
    look_up_at_.store(limit_); // before the load: call_attention does it the other way round
    const auto attention = attention_.load();
    if (attention) look_up_at_.store(0);
    const bool counted = std::exchange(uncounted_, no_address) == address;
    if (!counted) {
        pc_ = {address};
        if (attention & attention_interrupt) {
            attention_.fetch_and(~attention_interrupt);
            return stop_with({StopKind::budget, {address}, {}});
        }
        if (attention) return pause();
        if (blocks_ >= limit_) return stop_with({StopKind::budget, {address}, {}});
        ++blocks_;
    }
    enter_page(address, bytes);
}

// A block of another page than the one before it, or a kernel entry.
void UnicornEngine::enter_page(std::uint64_t address, std::uint32_t bytes)
{
    if (address - entries_start_ < entries_bytes_) return on_entry(address);
    const auto last = address + bytes - 1;
    executed_.insert(address);
    executed_.insert(last);
    const auto page = round_down(last, page_bytes);
    const bool has_entries = page < entries_start_ + entries_bytes_ && entries_start_ < page + page_bytes;
    current_page_ = has_entries ? no_address : page;
}

void UnicornEngine::on_entry(std::uint64_t address)
{
    if (std::exchange(skip_entry_, false)) return;
    pc_ = {address};
    if (watcher_) {
        {
            const CrashGuardSuspended our_own_code;
            watcher_->before_kernel_call({address});
        }
        drain_changes();
        if (pc_.value != address) return pause();
    }
    const auto next = [&] {
        const CrashGuardSuspended our_own_code;
        return handler_->on_hypercall({address});
    }();
    if (next == HypercallHandler::Next::stop)
        return stop_with({StopKind::hypercall, {address}, {}});
    drain_changes();
    if (!needs_pause()) return;
    uncounted_ = address;
    skip_entry_ = true;
    pause();
}

// An instruction is about to be executed. What stands at a kernel entry is part of the kernel's function.
void UnicornEngine::watch(std::uint64_t address)
{
    if (address - entries_start_ < entries_bytes_ || stop_ || paused_ || error_) return;
    if (std::exchange(runs_again_, no_address) == address) return;
    pc_ = {address};
    {
        const CrashGuardSuspended our_own_code;
        watcher_->before_instruction({address});
    }
    drain_changes();
    if (pc_.value == address && !needs_pause()) return;
    if (pc_.value == address) uncounted_ = runs_again_ = address;
    pause();
}

void UnicornEngine::watch_access(Access access, std::uint64_t address, unsigned bytes)
{
    const CrashGuardSuspended our_own_code;
    watcher_->accessed({address}, bytes, access);
}

void UnicornEngine::set_watcher(InstructionWatcher& watcher)
{
    watcher_ = &watcher;
    add_hook(uc_, this, UC_HOOK_CODE, UnicornHooks::watched, 1, 0);
    add_hook(uc_, this, UC_HOOK_MEM_READ | UC_HOOK_MEM_WRITE, UnicornHooks::watched_access, 1, 0);
}

// Unicorn knows no memory at `address`, or the page is not executable. Returning true makes it try again.
bool UnicornEngine::on_bad_access(uc_mem_type type, std::uint64_t address)
{
    const GuestAddr at{address};
    const auto access = access_of(type);
    const bool prohibited = type == UC_MEM_FETCH_PROT || type == UC_MEM_WRITE_PROT || type == UC_MEM_READ_PROT;
    if (access == Access::execute && !mmu_->raises_at(at) && !find_mapped(at) && memory_.mapping(at)) {
        // Code that is mapped while it is being translated stays translated, whatever is written there later.
        std::uint64_t block = 0;
        unicorn_library().reg_read(uc_, arch_.registers[cpu_.pc].id, &block);
        pc_ = {block};
        wanted_ = at;
        pause();
        return false;
    }
    if (!prohibited && (map_at(at) || find_mapped(at)))
        return mmu_->physical(at) == at || mmu_->is_looked_up_untranslated(at) || !mmu_->raises_at(at) || add_decoy(at);
    if (access == Access::execute) {
        std::uint64_t pc = 0;
        unicorn_library().reg_read(uc_, arch_.registers[cpu_.pc].id, &pc);
        pc_ = {pc};
    }
    if (arch_.traces_instructions && access != Access::execute) {
        if (bad_access_) return false; // the rest of an instruction that has faulted already
        pc_ = {last_precise_};
        at_bad_access_ = read_registers();
    }
    bad_access_ = MemoryFault{at, access, prohibited};
    return !prohibited && mmu_->raises_at(at) && add_decoy(at);
}

// With something mapped there Unicorn asks the CPU's translation, which raises the exception, or knows the page.
bool UnicornEngine::add_decoy(GuestAddr address)
{
    const GuestAddr page{round_down(address.value, page_bytes)};
    if (unicorn_library().mem_map_ptr(uc_, page.value, page_bytes, UC_PROT_ALL, decoy_page_) != UC_ERR_OK) return false;
    decoys_.push_back(page);
    return true;
}

void UnicornEngine::on_exception(unsigned vector)
{
    if (stop_ || paused_) return;
    if (hidden_ && hidden_->handles(vector)) {
        hidden_trap_ = vector;
        pc_ = {last_precise_};
        return pause();
    }
    exception_pending_ = !arch_.traces_instructions;
    std::uint64_t value = 0;
    unicorn_library().reg_read(uc_, arch_.registers[cpu_.pc].id, &value);
    GuestAddr pc{value};
    const auto meaning = arch_.classify(vector);
    if (meaning.kind == ExceptionKind::memory) return on_memory_exception(pc, meaning.access);
    bool exact = true;
    if (arch_.traces_instructions) {
        pc = {last_precise_ + meaning.pc_advance};
    } else if (arch_.find_exception) {
        const auto found = arch_.find_exception(memory_, {block_start_}, vector);
        exact = found.has_value();
        pc = found.value_or(GuestAddr{block_start_});
    }
    const auto kind = meaning.kind == ExceptionKind::breakpoint ? StopKind::breakpoint
                      : meaning.kind == ExceptionKind::illegal  ? StopKind::illegal
                                                                : StopKind::trap;
    stop_with({kind, pc, {}, meaning.vector, exact});
}

void UnicornEngine::on_memory_exception(GuestAddr pc, Access access)
{
    const auto address = mmu_->fault_address();
    bool exact = true;
    if (arch_.exceptions_keep_pc) {
        constexpr std::uint64_t longest_instruction = 15;
        if (bad_access_ && bad_access_->address == address)
            access = bad_access_->access;
        else if (!find_mapped(address) && address - pc < longest_instruction)
            access = Access::execute;
    } else {
        const auto found = find_instruction({address, access});
        exact = found.pc || !found.ambiguous;
        if (!found.pc && !found.ambiguous) access = Access::execute; // nothing in the block reads there: a jump did
        pc = access == Access::execute ? address : found.pc.value_or(GuestAddr{block_start_});
    }
    const bool known = find_mapped(address) && !mmu_->needs_refill(address);
    if (!known && exact && memory_.mapping({round_down(address.value, page_bytes)}) && mmu_->physical(address)) {
        // The second half of an access that crosses pages, a jump, or a TLB miss: the instruction runs again.
        wanted_ = address;
        pc_ = pc;
        if (access != Access::execute) uncounted_ = runs_again_ = pc.value;
        // Where only the registers count for going on, a delay slot among what is hidden must stay.
        if (!arch_.exceptions_keep_pc) exception_pending_ = false;
        return pause();
    }
    stop_with({StopKind::fault, pc, {address, access, find_mapped(address) != nullptr}, 0, exact});
}

void UnicornEngine::add_precise(GuestAddr pc)
{
    if (arch_.exceptions_keep_pc || arch_.traces_instructions || precise_.contains(pc.value)) return;
    precise_.emplace(pc.value, add_hook(uc_, this, UC_HOOK_CODE, UnicornHooks::precise, pc.value, pc.value));
    drop_translations({pc, 1});
}

void UnicornEngine::remove_precise(GuestRange range)
{
    const auto first = precise_.lower_bound(range.start.value);
    const auto end = precise_.lower_bound(range.start.value + range.bytes);
    for (auto at = first; at != end; ++at)
        unicorn_library().hook_del(uc_, at->second);
    precise_.erase(first, end);
    drop_translations(range);
}

} // namespace retromod
