// SPDX-License-Identifier: GPL-2.0-or-later
// Whose turn it is: guest threads on the one virtual CPU.
#include "emu/kernel/scheduler.h"

#include "emu/kernel/clock.h"
#include "emu/kernel/irq_stat.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/module_requests.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/panic.h"
#include "emu/kernel/processes.h"
#include "emu/kernel/softirqs.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/system_call_table.h"
#include "emu/kernel/task_queue.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/threads.h"
#include "emu/kernel/timers.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace retromod {
namespace {

constexpr auto no_end = ~std::uint64_t{0};

bool is_over(const ThreadRow& thread) { return thread.state == ThreadState::finished || thread.state == ThreadState::dead; }

} // namespace

ThreadId Scheduler::begin(const SystemCall& call, const Caller& caller)
{
    if (!dispatcher_.has_step(call.name)) throw std::invalid_argument(fmt::format("no system call '{}'", call.name));
    auto& processes = kernel_.processes();
    auto& threads = kernel_.threads();
    processes.set_caller(caller);
    auto& thread = threads.add(caller.comm, processes.pid());
    thread.awaited = 1;
    thread.process = processes.own();
    const auto replaced = replaced_system_call(kernel_, call.name);
    threads.push_frame(thread, step_key(replaced ? "call_function" : call.name), {});
    auto arguments = thread.frames[0].arguments.begin();
    if (replaced) *arguments++ = replaced->value;
    std::ranges::copy(call.arguments, arguments);
    return threads.id_of(thread);
}

Outcome Scheduler::call(const SystemCall& call, const Caller& caller, const RunLimits& limits)
{
    const auto thread = begin(call, caller);
    const auto outcome = run(thread, limits);
    if (outcome.kind != Outcome::Kind::breakpoint) kernel_.threads().reap(thread);
    return outcome;
}

Outcome Scheduler::call_export(std::string_view name, std::span<const std::uint64_t> arguments)
{
    const auto address = kernel_.symbols().address(name);
    if (!address) throw std::invalid_argument(fmt::format("no export '{}'", name));
    SystemCall call{"call_function", {address->value}, 6};
    std::ranges::copy(arguments, call.arguments.begin() + 1);
    return this->call(call);
}

Outcome Scheduler::run(ThreadId id, const RunLimits& limits)
{
    auto* awaited = kernel_.threads().find(id);
    if (!awaited) throw std::invalid_argument("no such guest thread");
    if (awaited->state == ThreadState::stopped) awaited->state = ThreadState::runnable;
    dispatcher_.set_breakpoints(limits.breakpoints);
    dispatcher_.set_patient(limits.is_slice);
    const auto outcome = take_turns(awaited, no_end, limits.blocks);
    dispatcher_.set_patient(false);
    return outcome;
}

Outcome Scheduler::settle(std::uint64_t ticks)
{
    auto& clock = kernel_.clock();
    const auto end = clock.jiffies() + ticks;
    dispatcher_.set_patient(true);
    const auto outcome = take_turns(nullptr, end, (ticks + 1) * blocks_per_jiffy);
    dispatcher_.set_patient(false);
    if (outcome.kind == Outcome::Kind::dead) return outcome;
    clock.advance_to(end);
    kernel_.threads().switch_to(nullptr);
    return {};
}

/// Gives threads their turns until the call of `awaited` is over or something stops it. Where nobody is awaited: until nothing
/// more happens before tick `end`, or the blocks are used up; what happens to one thread does not concern the others.
Outcome Scheduler::take_turns(ThreadRow* awaited, std::uint64_t end, std::uint64_t blocks_left)
{
    auto& threads = kernel_.threads();
    while (awaited ? awaited->state != ThreadState::finished : blocks_left != 0) {
        if (auto why = panic_text(kernel_)) return {Outcome::Kind::dead, {}, {}, std::move(*why)};
        if (awaited && awaited->state == ThreadState::dead) return dispatcher_.take_end(threads.id_of(*awaited));
        if (awaited && kernel_.processes().has_undelivered_signal()) kernel_.processes().deliver_signal();
        if (kernel_.module_requests().serve()) continue;
        auto* next = pick(awaited);
        if (!next) {
            const auto event = next_event();
            if (!event || *event > end) return {Outcome::Kind::deadlock, {}, {}, threads.describe()};
            pass_idle_time(*event);
            continue;
        }
        const auto outcome = take_turn(*next, awaited, blocks_left);
        if (outcome && (awaited || outcome->kind == Outcome::Kind::dead)) return *outcome;
    }
    if (!awaited) return {};
    if (const auto outcome = serve_softirqs(blocks_left)) return *outcome;
    return {Outcome::Kind::done, kernel_.processes().as_user_sees(awaited->result), {}, {}};
}

std::optional<Outcome> Scheduler::take_turn(ThreadRow& thread, const ThreadRow* awaited, std::uint64_t& blocks_left)
{
    kernel_.threads().switch_to(&thread);
    auto outcome = dispatcher_.run(blocks_left);
    // A thread that is awaited by another process stays until that one reaps it.
    if (&thread != awaited && is_over(thread) && !thread.awaited) kernel_.machine().table<ThreadRow>().erase(thread);
    return outcome;
}

/// The processor was idle: the timer interrupts it, and what that makes due runs in the idle task.
void Scheduler::pass_idle_time(std::uint64_t until)
{
    kernel_.clock().advance_to(until);
    if (!has_softirq_work(kernel_) || in_interrupt(kernel_)) return;
    kernel_.softirqs().take_interrupt();
    kernel_.threads().start_step(softirq_step, "swapper", 0);
}

/// A system call is over. Softirqs that it raised run before its process can see that they did not: at its end up to
/// 2.4.0, as soon as the processor is idle since. One pass: what raises itself again waits for time to pass.
std::optional<Outcome> Scheduler::serve_softirqs(std::uint64_t& blocks_left)
{
    if (!has_softirq_work(kernel_) || in_interrupt(kernel_)) return std::nullopt;
    if (runs_softirqs_in_schedule(kernel_)) kernel_.threads().start_step(softirq_step, "swapper", 0);
    auto* runner =
        runs_softirqs_in_schedule(kernel_) ? pick_interrupt() : kernel_.machine().table<ThreadRow>().find_if(is_ksoftirqd);
    if (!runner) return std::nullopt;
    dispatcher_.set_patient(true);
    auto outcome = take_turn(*runner, nullptr, blocks_left);
    dispatcher_.set_patient(false);
    return outcome && outcome->kind == Outcome::Kind::dead ? outcome : std::nullopt;
}

/// The tick at which something happens by itself, if anything will.
std::optional<std::uint64_t> Scheduler::next_event()
{
    const auto soonest = kernel_.clock().jiffies() + 1;
    auto next = kernel_.timers().next();
    if (next) next = std::max(*next, soonest);
    const auto consider = [&](std::uint64_t when) { next = next ? std::min(*next, when) : when; };
    for (const auto& thread : kernel_.machine().table<ThreadRow>())
        if (thread.state == ThreadState::sleeping && thread.deadline != no_end) consider(thread.deadline);
    const auto queue = kernel_.symbols().find_variable("tq_timer");
    if (has_softirq_work(kernel_) || (queue && is_task_queue_active(kernel_, *queue))) consider(soonest);
    return next;
}

/// The thread that an interrupt's softirqs run in, if any: nothing else can run before they are over.
ThreadRow* Scheduler::pick_interrupt()
{
    return kernel_.machine().table<ThreadRow>().find_if([](ThreadRow& thread) {
        const bool on_top = thread.depth && thread.frames[thread.depth - 1].step == step_key(softirq_step);
        return thread.state == ThreadState::runnable && (on_top || runs_softirqs(thread));
    });
}

// The awaited thread runs as long as it can. When it gives up the CPU without sleeping (schedule() with TASK_RUNNING),
// another thread has its turn, each in order.
ThreadRow* Scheduler::pick(ThreadRow* awaited)
{
    if (auto* interrupt = pick_interrupt()) return interrupt;
    auto& threads = kernel_.threads();
    const bool yielded = awaited && awaited->state == ThreadState::sleeping;
    if (awaited && !yielded && threads.is_runnable(*awaited)) return awaited;
    auto* other = next_in_turn(awaited);
    // Its turn is over, whether or not it can go on: next time it comes first.
    if (awaited && threads.is_runnable(*awaited) && !other) return awaited;
    return other;
}

/// The first runnable thread beside the awaited one whose row comes after that of the last turn, or else the first of all;
/// ksoftirqd when no other can run.
ThreadRow* Scheduler::next_in_turn(const ThreadRow* awaited)
{
    auto rows = kernel_.machine().table<ThreadRow>();
    const auto can_run = [&](ThreadRow& thread) {
        return &thread != awaited && !kernel_.processes().is_foreign(thread) && kernel_.threads().is_runnable(thread);
    };
    const auto is_usual = [&](ThreadRow& thread) { return !is_ksoftirqd(thread) && can_run(thread); };
    auto* other = rows.find_if([&](ThreadRow& thread) { return rows.number_of(thread) > last_picked_ && is_usual(thread); });
    if (!other) other = rows.find_if(is_usual);
    if (!other) return rows.find_if(can_run);
    last_picked_ = rows.number_of(*other);
    return other;
}

} // namespace retromod
