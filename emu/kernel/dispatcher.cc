// SPDX-License-Identifier: GPL-2.0-or-later
// The thread that has the CPU. It is either in the guest (the engine runs it) or in a kernel function's step. No engine run is
// ever nested: what a step wants of the guest is done by returning it.
#include "emu/kernel/dispatcher.h"

#include "emu/cpu/call_words.h"
#include "emu/abi/event_sink.h"
#include "emu/kernel/clock.h"
#include "emu/kernel/exception_table.h"
#include "emu/kernel/exit.h"
#include "emu/kernel/guest_core.h"
#include "emu/kernel/irq_stat.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/module_view.h"
#include "emu/kernel/oops.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/panic.h"
#include "emu/kernel/processes.h"
#include "emu/kernel/processor.h"
#include "emu/kernel/scheduler.h"
#include "emu/kernel/softirqs.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/system_call_table.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/threads.h"
#include "emu/kernel/touched.h"
#include "emu/kernel/trouble.h"
#include "emu/kernel/work_budget.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

/// In the first argument of a softirq's frame: the thread was on its way to sleep.
constexpr std::uint64_t then_sleep = 1;

/// What a kernel function gives its caller, as words of the guest.
struct CallResult {
    std::uint64_t value = 0, second = 0;
    bool wide = false; ///< `second` counts
};

/// Puts a result where the caller of that convention looks for it. `set(register, value)` sets a register.
template <class Set>
void deliver(const Cpu& cpu, const Convention& convention, const CallResult& result, Set set)
{
    if (convention.returns_value) set(convention.result_register.value_or(cpu.result), result.value);
    const bool as_pointer = convention.kind == Convention::Kind::c && cpu.pointer_result;
    if (convention.returns_value && as_pointer) set(*cpu.pointer_result, result.value);
    if (result.wide) set(cpu.result_second, result.second);
}

// What kernel code that this thread runs works on the host, as part of the budget of the run under way.
thread_local WorkBudget work;
thread_local bool work_limit_reached = false; ///< by a plain export, inside the engine's callback

std::optional<Outcome> at_place(std::optional<Outcome> outcome, GuestAddr at)
{
    if (outcome) outcome->at = at;
    return outcome;
}

/// Where the engine fails, the thread is lost with the registers that the engine had; the next one gets a new engine.
Stop run_engine(Kernel& kernel, std::uint64_t blocks)
try {
    return kernel.processor().run(blocks);
} catch (...) {
    kernel.processor().drop();
    kernel.threads().finish(*kernel.threads().current(), ThreadState::dead);
    throw;
}

} // namespace

Dispatcher::Dispatcher(Kernel& kernel) : kernel_(kernel), steps_(kernel.exports(), kernel.machine())
{
    kernel_.processor().set_handler(
        this, [this] { kernel_.modules().for_each([&](const ModuleView& module) { note_exception_table(kernel_, module); }); });
}

std::optional<Outcome> Dispatcher::run(std::uint64_t& blocks_left)
{
    auto& threads = kernel_.threads();
    auto& thread = *threads.current();
    // What waits in the background for a moment is not cut off in it: its run ends after it.
    const auto least_work = thread.awaited && !patient_ ? 0 : RunLimits{}.blocks;
    while (threads.current() == &thread && thread.state == ThreadState::runnable) {
        work.begin(std::max(blocks_left, least_work));
        const auto outcome = thread.in_guest ? run_guest(blocks_left) : step_current();
        work.pay(blocks_left);
        if (outcome) return outcome;
    }
    return std::nullopt;
}

// --- a kernel function in steps ---------------------------------------------------------------------------------

std::optional<Outcome> Dispatcher::step_current()
try {
    auto& thread = *kernel_.threads().current();
    auto& frame = thread.frames[thread.depth - 1];
    const auto function = steps_.find(frame.step);
    if (!function) return give_up(Outcome::Kind::trap, "a kernel function that this build does not have");
    const auto step = [&] {
        const WorkBudget::Working working(work);
        return function(kernel_, frame);
    }();
    return apply_step(step);
} catch (const WorkLimitReached&) {
    const auto& thread = *kernel_.threads().current();
    const GuestAddr entry{thread.frames[thread.depth - 1].entry};
    return at_place(give_up(Outcome::Kind::budget, kernel_.symbols().describe(entry)), entry);
} catch (const KernelFault& fault) {
    const auto& thread = *kernel_.threads().current();
    return oops({StopKind::fault, {thread.frames[thread.depth - 1].entry}, fault.fault});
} catch (const KernelHang& hang) {
    return give_up(Outcome::Kind::hang, hang.what);
} catch (const KernelBug& bug) {
    return this->bug(bug);
} catch (const KernelPanic& end) {
    return panic(kernel_, end.text);
}

std::optional<Outcome> Dispatcher::apply_step(const Step& step)
{
    if (const auto* over = std::get_if<Return>(&step)) finish_frame(over->value);
    else if (const auto* call = std::get_if<CallGuest>(&step)) begin_guest_call(*call);
    else if (const auto* wait = std::get_if<Sleep>(&step)) return sleep(*wait);
    else exit();
    return std::nullopt;
}

void Dispatcher::exit()
{
    auto& thread = *kernel_.threads().current();
    const bool killed = thread.depth && thread.frames[0].step == step_key(exit_step);
    kernel_.threads().finish(thread, killed ? ThreadState::dead : ThreadState::finished);
}

/// schedule(), on the way to sleep.
std::optional<Outcome> Dispatcher::sleep(const Sleep& sleep)
{
    if (in_interrupt(kernel_)) return scheduling_in_interrupt();
    auto& thread = *kernel_.threads().current();
    thread.deadline = sleep.until;
    std::ranges::fill(thread.waits_for, '\0');
    std::string_view(sleep.what).copy(thread.waits_for, sizeof thread.waits_for - 1);
    if (!runs_softirqs_in_schedule(kernel_) || !has_softirq_work(kernel_)) {
        thread.state = ThreadState::sleeping;
        return std::nullopt;
    }
    run_softirqs_before_sleep(thread);
    return std::nullopt;
}

/// Softirqs run on the stack of the thread that is about to sleep, below what its kernel function keeps there.
void Dispatcher::run_softirqs_before_sleep(ThreadRow& thread)
{
    constexpr std::uint64_t kept = 512;
    auto& threads = kernel_.threads();
    threads.ensure_task(thread);
    threads.push_frame(thread, step_key(softirq_step), {});
    auto& frame = thread.frames[thread.depth - 1];
    frame.caller = thread.frames[thread.depth - 2].caller;
    frame.caller.reg[kernel_.cpu().sp] -= kept;
    frame.arguments[0] = then_sleep;
}

void Dispatcher::finish_frame(std::uint64_t value)
{
    auto& thread = *kernel_.threads().current();
    auto& frame = thread.frames[--thread.depth];
    const auto word = kernel_.arch().word(value);
    if (thread.depth == 0) {
        thread.result = word;
        kernel_.threads().finish(thread, ThreadState::finished);
        return;
    }
    if (frame.step == step_key(softirq_step) && frame.arguments[0] == then_sleep) {
        thread.state = ThreadState::sleeping;
        return;
    }
    const auto& cpu = kernel_.cpu();
    auto context = frame.caller;
    if (frame.entry) {
        const auto& convention = kernel_.symbols().convention_at({frame.entry});
        deliver(cpu, convention, {word}, [&](unsigned number, std::uint64_t to) { context.reg[number] = to; });
        cpu.finish_call(context, kernel_.memory());
        if (convention.return_register) context.reg[cpu.pc] = context.reg[*convention.return_register];
        const auto* row = kernel_.sink() ? kernel_.symbols().export_at({frame.entry}) : nullptr;
        if (row && !is_core_private(row->name))
            kernel_.sink()->export_called({row->name, row->grade, {}, {}, fmt::format("{:#x}", word), true});
    }
    kernel_.processor().engine().restore(context);
    thread.in_guest = 1;
}

void Dispatcher::begin_guest_call(const CallGuest& call)
{
    auto& thread = *kernel_.threads().current();
    kernel_.threads().ensure_task(thread);
    auto& frame = thread.frames[thread.depth - 1];
    auto context = frame.caller;
    frame.result_type = call.result;
    const auto words = call_words(kernel_.cpu(), std::span(call.arguments).first(call.argument_count), call.wide_arguments);
    kernel_.cpu().begin_call(context, kernel_.memory(), call.function, words, {kernel_.state().return_entry});
    if (kernel_.sink()) kernel_.sink()->guest_called(call.function, call.why);
    kernel_.processor().engine().restore(context);
    thread.in_guest = 1;
}

// --- guest code -------------------------------------------------------------------------------------------------

std::optional<Outcome> Dispatcher::run_guest(std::uint64_t& blocks_left)
{
    auto& processor = kernel_.processor();
    auto& engine = processor.engine();
    if (kernel_.processes().has_undelivered_signal()) kernel_.processes().deliver_signal();
    if (deliver_interrupts()) return std::nullopt;
    if (blocks_left == 0) {
        const GuestAddr at{engine.reg(kernel_.cpu().pc)};
        const auto where = kernel_.symbols().describe(at);
        if (patient_ || !kernel_.threads().current()->awaited) return Outcome{Outcome::Kind::budget, {}, at, where};
        return give_up(Outcome::Kind::budget, where);
    }
    const auto before = engine.blocks_executed();
    const auto stop = run_engine(kernel_, std::min(blocks_left, kernel_.clock().blocks_to_tick()));
    const auto used = engine.blocks_executed() - before;
    blocks_left -= std::min(used, blocks_left);
    if (has_pending_trouble()) return pending_trouble();
    const auto outcome = guest_stopped(stop);
    kernel_.clock().pass(used);
    return outcome;
}

/// The timer's interrupt is over: softirqs run, unless the one that was interrupted holds them off.
bool Dispatcher::deliver_interrupts()
{
    auto* current = kernel_.threads().current();
    if (!kernel_.softirqs().interrupt_came() || !current || !current->in_guest) return false;
    if (!kernel_.cpu().interrupts_enabled(kernel_.processor().engine().save())) return false;
    kernel_.softirqs().take_interrupt();
    if (in_interrupt(kernel_) || !has_softirq_work(kernel_)) return false;
    kernel_.threads().push_frame(*current, step_key(softirq_step), {});
    return true;
}

bool Dispatcher::has_pending_trouble() const
{
    return pending_failure_ || pending_fault_ || work_limit_reached || pending_hang_ || pending_bug_ || pending_panic_
           || pending_trap_;
}

/// What a plain export met inside the engine's callback. Nothing is returned where its thread goes on, to exit.
std::optional<Outcome> Dispatcher::pending_trouble()
{
    if (pending_failure_) std::rethrow_exception(std::exchange(pending_failure_, nullptr));
    if (const auto fault = std::exchange(pending_fault_, std::nullopt))
        return oops({StopKind::fault, {kernel_.processor().engine().reg(kernel_.cpu().pc)}, *fault});
    if (std::exchange(work_limit_reached, false))
        return give_up(Outcome::Kind::budget, kernel_.symbols().describe({kernel_.processor().engine().reg(kernel_.cpu().pc)}));
    if (const auto hang = std::exchange(pending_hang_, std::nullopt)) return give_up(Outcome::Kind::hang, *hang);
    if (const auto found = std::exchange(pending_bug_, std::nullopt)) return bug(*found);
    if (const auto end = std::exchange(pending_panic_, std::nullopt)) return panic(kernel_, end->text);
    if (const auto trap = std::exchange(pending_trap_, std::nullopt)) return give_up(Outcome::Kind::trap, *trap);
    return std::nullopt;
}

std::optional<Outcome> Dispatcher::guest_stopped(const Stop& stop)
{
    auto& thread = *kernel_.threads().current();
    switch (stop.kind) {
    case StopKind::budget: return std::nullopt;
    case StopKind::hypercall: return entered_kernel(stop.pc);
    case StopKind::fault: return guest_faulted(stop);
    case StopKind::breakpoint:
        if (breakpoints_ == Breakpoints::oops) return oops(stop);
        thread.context = kernel_.processor().engine().save();
        thread.state = ThreadState::stopped;
        return Outcome{Outcome::Kind::breakpoint, {}, stop.pc, {}};
    case StopKind::trap:
        if (!is_system_call_gate(kernel_, stop)) return oops(stop);
        enter_system_call_gate(kernel_);
        return std::nullopt;
    case StopKind::illegal: return oops(stop);
    case StopKind::halt: {
        const auto event = kernel_.scheduler().next_event();
        if (!event) return give_up(Outcome::Kind::deadlock, "the CPU is halted and no interrupt can come");
        kernel_.clock().advance_to(*event);
        return std::nullopt;
    }
    }
    return std::nullopt;
}

std::optional<Outcome> Dispatcher::guest_faulted(const Stop& stop)
{
    if (const auto fixup = search_exception_table(kernel_, stop.pc)) {
        if (kernel_.sink()) kernel_.sink()->faulted(stop.pc, stop.fault.address, "saved by __ex_table");
        kernel_.processor().engine().set_reg(kernel_.cpu().pc, fixup->value);
        return std::nullopt;
    }
    return oops(stop);
}

std::optional<Outcome> Dispatcher::oops(const Stop& stop) { return die(oops_of(kernel_, stop)); }

/// The thread cannot go on, for a reason that the kernel itself would not report.
std::optional<Outcome> Dispatcher::give_up(Outcome::Kind kind, const std::string& what)
{
    auto& thread = *kernel_.threads().current();
    const auto* engine = kernel_.processor().made_engine();
    const GuestAddr at{engine && thread.in_guest ? engine->reg(kernel_.cpu().pc) : 0};
    if (runs_softirqs(thread)) IrqStat(kernel_).local_bh_enable(); // the machine goes on as if they were over
    kernel_.threads().finish(thread, ThreadState::dead);
    return Outcome{kind, {}, at, what};
}

// --- kernel entries ---------------------------------------------------------------------------------------------

ExportContext Dispatcher::context_of(GuestAddr entry, ExportCall& trace)
{
    return {kernel_,
            ArgCursor(kernel_.cpu(), kernel_.processor().engine(), kernel_.memory(), kernel_.symbols().convention_at(entry)),
            kernel_.sink() ? &trace : nullptr};
}

/// What the guest function that has just returned gave, as a value of its type.
std::uint64_t Dispatcher::result_of(ResultType type)
{
    const auto& engine = kernel_.processor().engine();
    const auto& arch = kernel_.arch();
    const auto first = engine.reg(kernel_.cpu().result);
    switch (type) {
    case ResultType::integer: return arch.word(static_cast<std::uint64_t>(std::int64_t{static_cast<std::int32_t>(first)}));
    case ResultType::word: break;
    case ResultType::wide:
        if (arch.word_bytes == 4) return join_words(arch, first, engine.reg(kernel_.cpu().result_second));
    }
    return arch.word(first);
}

/// The engine stopped at an entry: a guest function returned to the kernel, or a function in steps was called.
std::optional<Outcome> Dispatcher::entered_kernel(GuestAddr entry)
try {
    auto& thread = *kernel_.threads().current();
    if (entry.value == kernel_.state().return_entry) {
        if (thread.depth == 0) return give_up(Outcome::Kind::bug, "a guest function returned that nobody called");
        auto& frame = thread.frames[thread.depth - 1];
        frame.result = result_of(frame.result_type);
        thread.in_guest = 0;
        return std::nullopt;
    }
    const auto* row = kernel_.symbols().export_at(entry);
    if (is_in_core(*row)) {
        kernel_.threads().push_frame(thread, step_key(start_core_step), {});
        thread.frames[thread.depth - 1].caller.reg[kernel_.cpu().pc] = entry.value;
        return std::nullopt;
    }
    kernel_.threads().push_frame(thread, step_key(row->name), entry);
    ExportCall call{row->name, row->grade, {}, {}, {}, false};
    auto context = context_of(entry, call);
    if (kernel_.sink() && !is_core_private(row->name)) {
        auto shown = context;
        row->describe(shown);
        kernel_.sink()->export_called(call);
    }
    row->fetch(context, thread.frames[thread.depth - 1]);
    return std::nullopt;
} catch (const KernelFault& fault) {
    return oops({StopKind::fault, entry, fault.fault});
}

HypercallHandler::Next Dispatcher::on_hypercall(GuestAddr entry) noexcept
try {
    if (entry.value == kernel_.state().return_entry) return Next::stop;
    const auto* row = kernel_.symbols().export_at(entry);
    if (!row) {
        const auto name = kernel_.symbols().describe(entry);
        pending_trap_ = name.empty() ? "a jump into the kernel's text" : name;
        return Next::stop;
    }
    if (row->step) return Next::stop;
    ExportCall trace{row->name, row->grade, {}, {}, {}, true};
    auto context = context_of(entry, trace);
    if (is_in_core(*row)) {
        // What stands at the entry goes on in the core, with the call as its caller made it. The first one brings the core up.
        const auto& core = kernel_.machine().single<CoreRow>();
        if (!core.base) pending_trap_ = row->name;
        if (!core.is_up) return Next::stop;
        if (!kernel_.sink() || is_core_private(row->name)) return Next::resume;
        row->describe(context);
        kernel_.sink()->export_called(trace);
        return Next::resume;
    }
    {
        const WorkBudget::Working working(work);
        row->plain(context);
    }
    auto& engine = kernel_.processor().engine();
    deliver(kernel_.cpu(), kernel_.symbols().convention_at(entry), {context.result, context.result_second, context.wide},
            [&](unsigned number, std::uint64_t to) { engine.set_reg(number, to); });
    if (kernel_.sink() && !is_core_private(row->name)) kernel_.sink()->export_called(trace);
    return Next::resume;
} catch (const WorkLimitReached&) {
    work_limit_reached = true;
    return Next::stop;
} catch (const KernelFault& fault) {
    pending_fault_ = fault.fault;
    return Next::stop;
} catch (const KernelHang& hang) {
    pending_hang_ = hang.what;
    return Next::stop;
} catch (const KernelBug& bug) {
    pending_bug_ = bug;
    return Next::stop;
} catch (const KernelPanic& end) {
    pending_panic_ = end;
    return Next::stop;
} catch (...) {
    pending_failure_ = std::current_exception();
    return Next::stop;
}

} // namespace retromod
