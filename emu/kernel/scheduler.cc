// SPDX-License-Identifier: GPL-2.0-or-later
// Whose turn it is: guest threads on the one virtual CPU.
#include "emu/kernel/scheduler.h"

#include "emu/kernel/clock.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/module_requests.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/processes.h"
#include "emu/kernel/softirqs.h"
#include "emu/kernel/symbols.h"
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
    threads.push_frame(thread, step_key(call.name), {});
    std::ranges::copy(call.arguments, thread.frames[0].arguments.begin());
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
    return take_turns(awaited, no_end, limits.blocks);
}

void Scheduler::settle(std::uint64_t ticks)
{
    auto& clock = kernel_.clock();
    const auto end = clock.jiffies() + ticks;
    take_turns(nullptr, end, (ticks + 1) * blocks_per_jiffy);
    clock.advance_to(end);
    kernel_.threads().switch_to(nullptr);
}

/// Gives threads their turns until the call of `awaited` is over or something stops it. Where nobody is awaited: until nothing
/// more happens before tick `end`, or the blocks are used up; what happens to one thread does not concern the others.
Outcome Scheduler::take_turns(ThreadRow* awaited, std::uint64_t end, std::uint64_t blocks_left)
{
    auto& threads = kernel_.threads();
    while (awaited ? awaited->state != ThreadState::finished : blocks_left != 0) {
        if (awaited && awaited->state == ThreadState::dead) return {Outcome::Kind::oops, {}, {}, "the thread was killed"};
        if (awaited && kernel_.processes().has_undelivered_signal()) kernel_.processes().deliver_signal();
        if (kernel_.module_requests().serve()) continue;
        auto* next = pick(awaited);
        if (!next) {
            const auto event = next_event();
            if (!event || *event > end) return {Outcome::Kind::deadlock, {}, {}, threads.describe()};
            kernel_.clock().advance_to(*event);
            if (kernel_.softirqs().due()) threads.start_step(softirq_step, "swapper", 0);
            continue;
        }
        threads.switch_to(next);
        const auto outcome = dispatcher_.run(blocks_left);
        const bool background = next != awaited;
        // A thread that is awaited by another process stays until that one reaps it.
        if (background && is_over(*next) && !next->awaited) kernel_.machine().table<ThreadRow>().erase(*next);
        if (outcome && awaited && !(background && outcome->kind == Outcome::Kind::oops)) return *outcome;
    }
    if (!awaited) return {};
    return {Outcome::Kind::done, kernel_.processes().as_user_sees(awaited->result), {}, {}};
}

/// The tick at which something happens by itself, if anything will.
std::optional<std::uint64_t> Scheduler::next_event()
{
    auto next = kernel_.timers().next();
    const auto consider = [&](std::uint64_t when) { next = next ? std::min(*next, when) : when; };
    for (const auto& thread : kernel_.machine().table<ThreadRow>())
        if (thread.state == ThreadState::sleeping && thread.deadline != no_end) consider(thread.deadline);
    if (kernel_.softirqs().call_ready()) consider(kernel_.clock().jiffies());
    return next;
}

// The awaited thread runs as long as it can. When it gives up the CPU without sleeping (schedule() with TASK_RUNNING),
// another thread has its turn, each in order. Where nobody is awaited, the first that can run has it.
ThreadRow* Scheduler::pick(ThreadRow* awaited)
{
    auto& threads = kernel_.threads();
    if (!awaited)
        return kernel_.machine().table<ThreadRow>().find_if(
            [&](ThreadRow& thread) { return !kernel_.processes().is_foreign(thread) && threads.is_runnable(thread); });
    const bool yielded = awaited->state == ThreadState::sleeping;
    if (!yielded && threads.is_runnable(*awaited)) return awaited;
    auto* other = next_in_turn(*awaited);
    if (other) last_picked_ = threads.id_of(*other);
    // Its turn is over, whether or not it can go on: next time it comes first.
    if (threads.is_runnable(*awaited) && !other) return awaited;
    return other;
}

/// The first runnable thread beside the awaited one whose row comes after that of the last turn, or else the first of all.
ThreadRow* Scheduler::next_in_turn(const ThreadRow& awaited)
{
    auto rows = kernel_.machine().table<ThreadRow>();
    const auto can_run = [&](ThreadRow& thread) {
        return &thread != &awaited && !kernel_.processes().is_foreign(thread) && kernel_.threads().is_runnable(thread);
    };
    auto* other = rows.find_if([&](ThreadRow& thread) { return rows.number_of(thread) > last_picked_ && can_run(thread); });
    return other ? other : rows.find_if(can_run);
}

} // namespace retromod
