// SPDX-License-Identifier: GPL-2.0-or-later
// How an oops ends its thread. Source: die of arch/i386/kernel/traps.c, do_exit of kernel/exit.c, schedule of kernel/sched.c.
#include "emu/kernel/dispatcher.h"
#include "emu/kernel/exit.h"
#include "emu/kernel/irq_stat.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/log.h"
#include "emu/kernel/oops.h"
#include "emu/kernel/panic.h"
#include "emu/kernel/processor.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/threads.h"

#include "emu/abi/event_sink.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/trouble.h"

#include <fmt/format.h>

namespace retromod {
namespace {

/// What schedule() does in interrupt context.
struct SchedulingInInterrupt {
    bool says_so;  ///< "Scheduling in interrupt"
    SourceLine at; ///< of its BUG(); line 0: it writes to address 0
};

// Source: kernel/sched.c of each; 2.4.20's line from its reports.
SchedulingInInterrupt scheduling_rule(LayoutVersion version)
{
    switch (version) {
    case LayoutVersion::v2_2_1: return {true, {}};
    case LayoutVersion::v2_4_0: return {true, {"sched.c", 698}};
    case LayoutVersion::v2_4_18_14: return {false, {"sched.c", 809}};
    default: return {true, {"sched.c", 564}};
    }
}

std::string place_of(Kernel& kernel, GuestAddr at)
{
    const auto name = kernel.symbols().describe(at);
    return name.empty() ? fmt::format("{:#x}", at.value) : name;
}

} // namespace

/// The report goes to the log, and the thread exits. In interrupt context, or in the idle task, that is the machine's end.
std::optional<Outcome> Dispatcher::die(const Oops& oops)
{
    auto& thread = *kernel_.threads().current();
    const auto pc = oops.stop.pc;
    ++kernel_.state().oopses;
    if (kernel_.sink()) kernel_.sink()->faulted(pc, oops.stop.fault.address, oops.headline);
    const auto* engine = kernel_.processor().made_engine();
    report_oops(kernel_, oops, thread.task && engine ? engine->save() : CpuContext{});
    const auto cause = fmt::format("{} at {}", oops.headline, place_of(kernel_, pc));
    if (in_interrupt(kernel_)) return die_in_interrupt(cause);
    if (thread.pid == 0) return panic(kernel_, "Attempted to kill the idle task!", cause);
    if (!thread.awaited) background_oopses_.push_back(fmt::format("{} (pid {}) was killed: {}", thread.name, thread.pid, cause));
    begin_exit(thread, {oops.kind, {}, pc, oops.headline});
    return std::nullopt;
}

// 2.2 goes on to kill the process that was interrupted, and dies of the schedule() at its end: that fault ends as this one.
Outcome Dispatcher::die_in_interrupt(const std::string& cause)
{
    if (!kernel_.machine().release().is_2_2()) return panic(kernel_, "Aiee, killing interrupt handler!", cause);
    kernel_.log().write("Aiee, killing interrupt handler\n");
    if (kernel_.threads().current()->pid == 0) return panic(kernel_, "Attempted to kill the idle task!", cause);
    kernel_.log().write("Scheduling in interrupt\n");
    return panic(kernel_, "", fmt::format("Aiee, killing interrupt handler: {}", cause));
}

/// The thread's process is killed: nothing of what its thread did goes on, and its files are closed.
void Dispatcher::begin_exit(ThreadRow& thread, const Outcome& oops)
{
    auto& threads = kernel_.threads();
    if (thread.awaited) ends_.insert_or_assign(threads.id_of(thread), oops);
    if (!has_open_files(kernel_, thread)) return threads.finish(thread, ThreadState::dead);
    threads.restart(thread, step_key(exit_step));
    thread.frames[0].arguments[1] = thread.process;
    thread.frames[0].arguments[2] = thread.pid;
}

Outcome Dispatcher::take_end(ThreadId id)
{
    auto end = ends_.extract(id);
    return end ? end.mapped() : Outcome{Outcome::Kind::oops, {}, {}, "the thread was killed"};
}

/// A BUG() of the kernel's own code, met in the function that the current thread is in.
std::optional<Outcome> Dispatcher::bug(const KernelBug& bug)
{
    const auto& thread = *kernel_.threads().current();
    const auto* engine = kernel_.processor().made_engine();
    const GuestAddr entry{thread.depth ? thread.frames[thread.depth - 1].entry : 0};
    return die(oops_of(bug, entry || !engine ? entry : GuestAddr{engine->reg(kernel_.cpu().pc)}));
}

/// schedule() in interrupt context, where nothing may sleep.
std::optional<Outcome> Dispatcher::scheduling_in_interrupt()
{
    const auto& thread = *kernel_.threads().current();
    const auto rule = scheduling_rule(kernel_.machine().release().exports);
    if (rule.says_so) kernel_.log().write("Scheduling in interrupt\n");
    const auto entry = kernel_.symbols().address("schedule").value_or(GuestAddr{thread.frames[thread.depth - 1].entry});
    if (rule.at.line) return die(oops_of(KernelBug{"scheduling in interrupt", rule.at}, entry));
    return die(oops_of(kernel_, Stop{StopKind::fault, entry, {{}, Access::write, false}}));
}

} // namespace retromod
