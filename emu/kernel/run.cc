// SPDX-License-Identifier: GPL-2.0-or-later
// Guest threads on the one virtual CPU. A thread is either in the guest (the engine runs it) or in a kernel function's
// step. No engine run is ever nested: what a step wants of the guest is done by returning it.
#include "emu/kernel/foreign_thread.h"
#include "emu/kernel/kernel.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace retromod {

Engine& Kernel::engine()
{
    if (engine_) return *engine_;
    engine_ = make_engine(cpu_, memory());
    if (!engine_) throw std::runtime_error(fmt::format("there is no CPU engine for {}", arch().name));
    engine_->set_hypercalls({{state_->entries}, EntryRow::table_capacity * std::uint64_t{cpu_.entry_bytes}}, this);
    engine_->set_io_bus(io_bus_);
    memory().take_changed();
    modules_->for_each([&](const ModuleView& module) { note_exception_table(module); });
    if (const auto hook = std::exchange(before_guest_, nullptr)) hook();
    return *engine_;
}

void Kernel::set_io_bus(IoBus* bus)
{
    io_bus_ = bus;
    if (engine_) engine_->set_io_bus(bus);
}

StepFunction Kernel::find_step(std::uint32_t key) const
{
    const auto found = steps_.find(key);
    return found == steps_.end() ? nullptr : found->second;
}

void Kernel::push_frame(ThreadRow& thread, std::uint32_t step, GuestAddr entry)
{
    if (thread.depth == ThreadRow::frame_limit) throw KernelFault{{GuestAddr{thread.task}, Access::write, true}};
    auto& frame = thread.frames[thread.depth++];
    frame = Frame{};
    frame.step = step;
    frame.entry = entry.value;
    if (thread.task) frame.caller = &thread == current_ && thread.in_guest ? engine().save() : thread.context;
    thread.in_guest = 0;
}

// --- system calls -----------------------------------------------------------------------------------------------

ThreadId Kernel::begin(const SystemCall& call, const Caller& caller)
{
    if (!find_step(step_key(call.name))) throw std::invalid_argument(fmt::format("no system call '{}'", call.name));
    caller_ = caller;
    if (!caller_pid_) caller_pid_ = ++state_->next_pid;
    auto& thread = new_thread(caller.comm, caller_pid_);
    thread.awaited = 1;
    thread.process = process();
    push_frame(thread, step_key(call.name), {});
    std::ranges::copy(call.arguments, thread.frames[0].arguments.begin());
    return machine_.table<ThreadRow>().number_of(thread);
}

Outcome Kernel::call(const SystemCall& call, const Caller& caller, const RunLimits& limits)
{
    const auto thread = begin(call, caller);
    const auto outcome = run(thread, limits);
    if (outcome.kind != Outcome::Kind::breakpoint) reap(thread);
    return outcome;
}

Outcome Kernel::run(ThreadId id, const RunLimits& limits)
{
    auto threads = machine_.table<ThreadRow>();
    auto* awaited = threads.find(id);
    if (!awaited) throw std::invalid_argument("no such guest thread");
    if (awaited->state == ThreadState::stopped) awaited->state = ThreadState::runnable;
    auto blocks_left = limits.blocks;
    while (awaited->state != ThreadState::finished) {
        if (awaited->state == ThreadState::dead) return {Outcome::Kind::oops, {}, {}, "the thread was killed"};
        if (interrupted_) deliver_signal();
        if (module_request_) {
            serve_module_request();
            continue;
        }
        auto* next = pick(*awaited);
        if (!next) {
            const auto event = next_event();
            if (!event) return {Outcome::Kind::deadlock, {}, {}, describe_threads()};
            advance_to(*event);
            if (time_work_due()) start_step_thread("softirq", "swapper", 0);
            continue;
        }
        switch_to(next);
        const auto outcome = run_current(blocks_left);
        const bool background = next != awaited;
        const bool over = next->state == ThreadState::finished || next->state == ThreadState::dead;
        if (background && over && !next->awaited) threads.erase(*next); // one that is awaited stays until it is reaped
        if (outcome && !(background && outcome->kind == Outcome::Kind::oops)) return *outcome;
    }
    return {Outcome::Kind::done, as_user_sees(awaited->result), {}, {}};
}

void Kernel::settle(std::uint64_t ticks)
{
    auto threads = machine_.table<ThreadRow>();
    const auto end = jiffies() + ticks;
    std::uint64_t blocks_left = (ticks + 1) * blocks_per_jiffy;
    const auto can_run = [&](ThreadRow& thread) { return !is_foreign(thread, process_) && is_runnable(thread); };
    while (blocks_left) {
        if (module_request_) serve_module_request();
        auto* next = threads.find_if(can_run);
        if (!next) {
            const auto event = next_event();
            if (!event || *event > end) break;
            advance_to(*event);
            if (time_work_due()) start_step_thread("softirq", "swapper", 0);
            continue;
        }
        switch_to(next);
        run_current(blocks_left);
        if (!next->awaited && (next->state == ThreadState::finished || next->state == ThreadState::dead)) threads.erase(*next);
    }
    advance_to(end);
    switch_to(nullptr);
}

// --- one thread -------------------------------------------------------------------------------------------------

/// Runs the current thread until it sleeps, finishes, or something happened that its caller must know.
std::optional<Outcome> Kernel::run_current(std::uint64_t& blocks_left)
{
    auto& thread = *current_;
    while (current_ == &thread && thread.state == ThreadState::runnable) {
        const auto outcome = thread.in_guest ? run_guest(blocks_left) : step_current();
        if (outcome) return outcome;
    }
    return std::nullopt;
}

std::optional<Outcome> Kernel::step_current()
try {
    auto& frame = current_->frames[current_->depth - 1];
    const auto function = find_step(frame.step);
    if (!function) return give_up(Outcome::Kind::trap, "a kernel function that this build does not have");
    return apply_step(function(*this, frame));
} catch (const KernelFault& fault) {
    Stop stop{StopKind::fault, {current_->frames[current_->depth - 1].entry}, fault.fault};
    return die(oops_headline(stop), stop, Outcome::Kind::oops);
} catch (const KernelHang& hang) {
    return give_up(Outcome::Kind::hang, hang.what);
} catch (const KernelBug& bug) {
    return give_up(Outcome::Kind::bug, bug.what);
}

std::optional<Outcome> Kernel::apply_step(const Step& step)
{
    auto& thread = *current_;
    if (const auto* over = std::get_if<Return>(&step)) {
        finish_frame(over->value);
    } else if (const auto* call = std::get_if<CallGuest>(&step)) {
        begin_guest_call(*call);
    } else if (const auto* sleep = std::get_if<Sleep>(&step)) {
        thread.state = ThreadState::sleeping;
        thread.deadline = sleep->until;
        const std::string_view what = sleep->what;
        std::ranges::fill(thread.waits_for, '\0');
        what.copy(thread.waits_for, sizeof thread.waits_for - 1);
    } else {
        finish_thread(thread, ThreadState::finished);
    }
    return std::nullopt;
}

void Kernel::finish_frame(std::uint64_t value)
{
    auto& thread = *current_;
    auto& frame = thread.frames[--thread.depth];
    if (thread.depth == 0) {
        thread.result = arch().word(value);
        finish_thread(thread, ThreadState::finished);
        return;
    }
    auto context = frame.caller;
    if (frame.entry) {
        const auto number = (frame.entry - state_->entries) / cpu_.entry_bytes;
        const auto& convention = entry_conventions_[number];
        if (convention.returns_value) context.reg[convention.result_register.value_or(cpu_.result)] = arch().word(value);
        if (convention.returns_value && cpu_.pointer_result) context.reg[*cpu_.pointer_result] = arch().word(value);
        cpu_.finish_call(context, memory());
        if (convention.return_register) context.reg[cpu_.pc] = context.reg[*convention.return_register];
        if (sink_) {
            if (const auto* row = export_at({frame.entry})) {
                ExportCall call{row->name, row->grade, {}, {}, fmt::format("{:#x}", arch().word(value)), true};
                sink_->export_called(call);
            }
        }
    }
    engine().restore(context);
    thread.in_guest = 1;
}

void Kernel::begin_guest_call(const CallGuest& call)
{
    auto& thread = *current_;
    ensure_task(thread);
    auto& frame = thread.frames[thread.depth - 1];
    auto context = frame.caller;
    cpu_.begin_call(context, memory(), call.function, std::span(call.arguments).first(call.argument_count),
                    {state_->return_entry});
    if (sink_) sink_->guest_called(call.function, call.why);
    engine().restore(context);
    thread.in_guest = 1;
}

std::optional<Outcome> Kernel::run_guest(std::uint64_t& blocks_left)
{
    if (interrupted_) deliver_signal();
    if (deliver_interrupts()) return std::nullopt;
    if (blocks_left == 0) return give_up(Outcome::Kind::budget, symbolize({engine().reg(cpu_.pc)}));
    const auto slice = std::min(blocks_left, blocks_per_jiffy - std::min(state_->tick_blocks, blocks_per_jiffy - 1));
    const auto before = engine().blocks_executed();
    run_began_ = before;
    const auto stop = engine().run(slice);
    run_began_.reset();
    const auto used = engine().blocks_executed() - before;
    blocks_left -= std::min(used, blocks_left);
    if (const auto trouble = pending_trouble()) return trouble;
    const auto outcome = guest_stopped(stop);
    pass_time(used);
    return outcome;
}

/// What a plain export met inside the engine's callback.
std::optional<Outcome> Kernel::pending_trouble()
{
    if (pending_failure_) std::rethrow_exception(std::exchange(pending_failure_, nullptr));
    if (const auto fault = std::exchange(pending_fault_, std::nullopt)) {
        const Stop stop{StopKind::fault, {engine().reg(cpu_.pc)}, *fault};
        return die(oops_headline(stop), stop, Outcome::Kind::oops);
    }
    if (const auto hang = std::exchange(pending_hang_, std::nullopt)) return give_up(Outcome::Kind::hang, *hang);
    if (const auto bug = std::exchange(pending_bug_, std::nullopt)) return give_up(Outcome::Kind::bug, *bug);
    if (const auto trap = std::exchange(pending_trap_, std::nullopt)) return give_up(Outcome::Kind::trap, *trap);
    return std::nullopt;
}

std::optional<Outcome> Kernel::guest_stopped(const Stop& stop)
{
    switch (stop.kind) {
    case StopKind::budget: return std::nullopt;
    case StopKind::hypercall: return entered_kernel(stop.pc);
    case StopKind::fault: return guest_faulted(stop);
    case StopKind::breakpoint:
        current_->context = engine().save();
        current_->state = ThreadState::stopped;
        return Outcome{Outcome::Kind::breakpoint, {}, stop.pc, {}};
    case StopKind::trap:
    case StopKind::illegal: return die(oops_headline(stop), stop, Outcome::Kind::oops);
    case StopKind::halt: {
        const auto event = next_event();
        if (!event) return give_up(Outcome::Kind::deadlock, "the CPU is halted and no interrupt can come");
        advance_to(*event);
        return std::nullopt;
    }
    }
    return std::nullopt;
}

std::optional<Outcome> Kernel::entered_kernel(GuestAddr entry)
try {
    auto& thread = *current_;
    if (entry.value == state_->return_entry) {
        if (thread.depth == 0) return give_up(Outcome::Kind::bug, "a guest function returned that nobody called");
        thread.frames[thread.depth - 1].result = arch().word(engine().reg(cpu_.result));
        thread.in_guest = 0;
        return std::nullopt;
    }
    const auto* row = export_at(entry);
    const auto number = (entry.value - state_->entries) / cpu_.entry_bytes;
    push_frame(thread, step_key(row->name), entry);
    ExportCall call{row->name, row->grade, {}, {}, {}, false};
    ExportContext context{*this, ArgCursor(cpu_, engine(), memory(), entry_conventions_[number]), sink_ ? &call : nullptr};
    if (sink_) {
        auto shown = context;
        row->describe(shown);
        sink_->export_called(call);
    }
    row->fetch(context, thread.frames[thread.depth - 1]);
    return std::nullopt;
} catch (const KernelFault& fault) {
    const Stop stop{StopKind::fault, entry, fault.fault};
    return die(oops_headline(stop), stop, Outcome::Kind::oops);
}

std::optional<Outcome> Kernel::guest_faulted(const Stop& stop)
{
    if (const auto fixup = search_exception_table(stop.pc)) {
        if (sink_) sink_->faulted(stop.pc, stop.fault.address, "saved by __ex_table");
        engine().set_reg(cpu_.pc, fixup->value);
        return std::nullopt;
    }
    return die(oops_headline(stop), stop, Outcome::Kind::oops);
}

/// The thread is killed: the kernel's report goes to its log, and everything the thread held stays as it is.
std::optional<Outcome> Kernel::die(const std::string& headline, const Stop& stop, Outcome::Kind kind)
{
    ++state_->oopses;
    if (sink_) sink_->faulted(stop.pc, stop.fault.address, headline);
    report_oops(headline, stop);
    finish_thread(*current_, ThreadState::dead);
    return Outcome{kind, {}, stop.pc, headline};
}

/// The thread cannot go on, for a reason that the kernel itself would not report.
std::optional<Outcome> Kernel::give_up(Outcome::Kind kind, const std::string& what)
{
    const GuestAddr at{engine_ && current_->in_guest ? engine_->reg(cpu_.pc) : 0};
    finish_thread(*current_, ThreadState::dead);
    return Outcome{kind, {}, at, what};
}

// --- exports ----------------------------------------------------------------------------------------------------

HypercallHandler::Next Kernel::on_hypercall(GuestAddr entry) noexcept
try {
    if (entry.value == state_->return_entry) return Next::stop;
    const auto* row = export_at(entry);
    if (!row) {
        const auto name = symbolize(entry);
        pending_trap_ = name.empty() ? "a jump into the kernel's text" : name;
        return Next::stop;
    }
    if (row->step) return Next::stop;
    const auto number = (entry.value - state_->entries) / cpu_.entry_bytes;
    const auto& convention = entry_conventions_[number];
    ExportCall trace{row->name, row->grade, {}, {}, {}, true};
    ExportContext context{*this, ArgCursor(cpu_, *engine_, memory(), convention), sink_ ? &trace : nullptr};
    row->plain(context);
    if (convention.returns_value) engine_->set_reg(convention.result_register.value_or(cpu_.result), context.result);
    if (convention.returns_value && cpu_.pointer_result) engine_->set_reg(*cpu_.pointer_result, context.result);
    if (context.wide) engine_->set_reg(cpu_.result_second, context.result_second);
    if (sink_) sink_->export_called(trace);
    return Next::resume;
} catch (const KernelFault& fault) {
    pending_fault_ = fault.fault;
    return Next::stop;
} catch (const KernelHang& hang) {
    pending_hang_ = hang.what;
    return Next::stop;
} catch (const KernelBug& bug) {
    pending_bug_ = bug.what;
    return Next::stop;
} catch (...) {
    pending_failure_ = std::current_exception();
    return Next::stop;
}

Outcome Kernel::call_export(std::string_view name, std::span<const std::uint64_t> arguments)
{
    const auto address = symbol_address(name);
    if (!address) throw std::invalid_argument(fmt::format("no export '{}'", name));
    SystemCall call{"call_function", {address->value}, 6};
    std::ranges::copy(arguments, call.arguments.begin() + 1);
    return this->call(call);
}

} // namespace retromod
