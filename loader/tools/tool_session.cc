// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/tool_session.h"

#include "emu/abi/event_sink.h"
#include "emu/kernel/clock.h"
#include "emu/kernel/disk_images.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/module_requests.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/processor.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/scheduler.h"
#include "loader/api/machine_path.h"
#include "loader/gdb/debugger.h"
#include "loader/scenario/session_recorder.h"
#include "loader/tools/interrupt.h"
#include "loader/tools/machine_choice.h"
#include "loader/tools/modprobe_helper.h"
#include "loader/tools/standard_streams.h"
#include "loader/tools/trace_sinks.h"
#include "loader/tools/traced_ports.h"

#include <fmt/format.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

namespace retromod {
namespace {

Session open(const Invocation& invocation, Purpose purpose, const MachineOptions& fresh)
{
    const auto path = machine_path(invocation.machine);
    if (purpose == Purpose::change && invocation.dry_run == DryRun::yes && !MachineFile(path).exists())
        return Session::in_memory(fresh); // the one that would be booted
    return purpose == Purpose::look ? Session::look(path, file_options(invocation))
                                    : Session::change(path, file_options(invocation), fresh);
}

std::unique_ptr<EventSink> make_trace(const TraceChoice& choice, Session& session)
{
    auto& kernel = session.kernel();
    TraceOptions options{&session.arch(), choice.into, [&kernel](GuestAddr at) { return kernel.symbols().describe(at); }};
    return choice.json ? make_json_trace(std::move(options)) : make_text_trace(std::move(options));
}

void fail_allocation(Kernel& kernel, const FailChoice& choice)
{
    if (choice.kind == "every") return; // ToolSession::begin_work
    const auto kind = choice.kind == "page"      ? AllocationKind::page
                      : choice.kind == "vmalloc" ? AllocationKind::vmalloc
                                                 : AllocationKind::kmalloc;
    kernel.heap().fail(kind, choice.nth);
}

/// Commands that were killed while they waited: their system calls end by SIGKILL, before anything else is done.
void bury_dead(Session& session, bool jailed)
{
    const auto bury = [](Session& alive) {
        alive.bury_dead();
        alive.commit();
        return 0;
    };
    if (!jailed) {
        bury(session);
        return;
    }
    const auto result = session.run_jailed(bury);
    if (result.died)
        complain(fmt::format("a command that died left a system call under way that cannot be ended: {}", result.reason));
}

/// Whether the guest goes on after a call that ended so, with what the call left behind.
enum class Kept : bool { no, yes };

struct StopRow {
    Outcome::Kind kind;
    Kept kept;
    int status;
    std::string_view sentence; ///< {0} what, {1} where in the guest
};

constexpr std::array stop_rows = {
    StopRow{Outcome::Kind::oops, Kept::yes, exit_status::segmentation_fault,
            "{0} at {1}; `retromod dmesg` has the whole report"},
    StopRow{Outcome::Kind::bug, Kept::yes, exit_status::segmentation_fault,
            "kernel BUG: {0}; `retromod dmesg` has the whole report"},
    StopRow{Outcome::Kind::dead, Kept::yes, exit_status::failure,
            "the machine is dead: {0}; `retromod dmesg` has the report, `retromod boot` makes another machine"},
    StopRow{Outcome::Kind::hang, Kept::no, exit_status::failure, "the real kernel would never return: {0}"},
    StopRow{Outcome::Kind::breakpoint, Kept::no, exit_status::failure, "int3 at {1}, and no debugger is there"},
    StopRow{Outcome::Kind::deadlock, Kept::no, exit_status::failure, "it sleeps, and nothing can wake it: {0}"},
    StopRow{Outcome::Kind::budget, Kept::no, exit_status::failure, "it did not end within its budget of guest time; it was at {1}"},
    StopRow{Outcome::Kind::trap, Kept::no, exit_status::failure, "it called {0}, which this kernel does not have"},
};

int report_stop(ToolSession& session, const CallStopped& stopped)
{
    const auto& outcome = stopped.outcome;
    const auto* row = &stop_rows[0];
    for (const auto& candidate : stop_rows)
        if (candidate.kind == outcome.kind) row = &candidate;
    auto where = session->kernel().symbols().describe(outcome.at);
    if (where.empty()) where = fmt::format("{:#x}", outcome.at.value);
    if (row->status == exit_status::segmentation_fault) fmt::print(stderr, "Segmentation fault\n");
    complain(fmt::format("{}: {}{}", stopped.call, fmt::format(fmt::runtime(row->sentence), outcome.what, where),
                         row->kept == Kept::yes ? "" : " (rolled back: the machine is as it was)"));
    if (row->kept == Kept::yes) session.commit();
    return row->status;
}

/// Says which threads were killed that no caller waits for.
void report_background_oopses(ToolSession& session)
{
    for (const auto& line : session->kernel().scheduler().take_background_oopses())
        complain(line + "; `retromod dmesg` has the whole report");
}

} // namespace

RunLimits limits_of(const Invocation& invocation) { return {.blocks = invocation.budget_seconds * hz * blocks_per_jiffy}; }

ToolSession::ToolSession(const Invocation& invocation, Purpose purpose, const MachineOptions& fresh)
    : ToolSession(invocation, purpose, open(invocation, purpose, fresh))
{
}

ToolSession::ToolSession(const Invocation& invocation, Purpose purpose, Session session)
    : keeps_(purpose == Purpose::change && invocation.dry_run == DryRun::no), jailed_(invocation.jailed == Jailed::yes),
      waits_(keeps_ && invocation.waits == Waits::yes), name_(invocation.name), debugger_(invocation.debugger),
      fails_(invocation.fail.has_value()),
      session_(std::move(session))
{
    DiskImages(session_.machine()).open_all();
    if (keeps_ && session_.has_dead()) bury_dead(session_, jailed_);
    session_.calls().set_caller({.comm = invocation.name});
    session_.calls().set_limits(limits_of(invocation));
    if (invocation.fail && invocation.fail->kind == "every") fail_every_ = invocation.fail->nth;
    if (invocation.fail) fail_allocation(session_.kernel(), *invocation.fail);
    if (invocation.trace) trace_ = make_trace(*invocation.trace, session_);
    session_.kernel().set_sink(trace_.get());
    if (debugger_) {
        debugger_->attach(session_.kernel(), trace_.get());
        limits_.again = [this] { return debugger_->runs_again(); };
    }
    if (invocation.check_memory == CheckMemory::yes) {
        check_ = std::make_unique<MemoryCheck>(session_.kernel());
        waits_ = false; // others would free what it knows
    } else if (has_block_notes(session_.machine())) {
        notes_ = std::make_unique<BlockNotes>(session_.machine());
        session_.kernel().heap().set_watch(notes_.get());
    }
    if (invocation.recorder) recording_ = invocation.recorder->stand_before(session_.calls());
    if (auto folder = session_.kernel().module_requests().folder(); !folder.empty() || std::getenv("RETROMOD_ROOT")) {
        modprobe_ = std::make_unique<ModprobeHelper>(invocation, session_, std::move(folder), limits_of(invocation));
        session_.kernel().module_requests().set_helper(modprobe_.get());
        limits_.files = std::max(limits_.files, JailFiles::read); // it reads modules while guest code is under way
    }
    if (!invocation.trace || !invocation.trace->io) return;
    ports_ = std::make_unique<TracedPorts>(session_.kernel(), *trace_);
    session_.kernel().processor().set_io_bus(ports_.get());
}

void ToolSession::begin_work()
{
    if (!fail_every_) return;
    session_.kernel().processor().set_before_guest([this] {
        if (jailed_) guest_may_run(limits_);
        session_.kernel().heap().fail_every(fail_every_);
    });
}

int ToolSession::finish_check(int status)
{
    if (notes_) forget_gone_modules(session_.kernel());
    if (!check_) return status;
    const auto faults = check_->finish();
    for (const auto& fault : faults) complain("memory: " + fault);
    return faults.empty() || status ? status : exit_status::memory_fault;
}

void ToolSession::let_calls_wait()
{
    if (!waits_) return;
    session_.let_calls_wait([name = name_](const std::string& who) {
        complain(fmt::format("{}: waiting for another command: {} (Ctrl-C sends a signal)", name, who));
    });
}

void ToolSession::commit()
{
    if (!keeps_) return;
    if (debugger_ && !debugger_->keeps()) throw std::runtime_error("gdb: the command went another way than before");
    const InterruptsHeld held;
    if (fails_)
        for (const auto kind : {AllocationKind::page, AllocationKind::kmalloc, AllocationKind::vmalloc})
            session_.kernel().heap().fail(kind, 0);
    session_.commit();
}

namespace {

int run_here(ToolSession& session, const std::function<int()>& work)
{
    session.begin_work();
    try {
        const int status = session.finish_check(work());
        report_background_oopses(session);
        if (session->changed()) session.commit();
        return status;
    } catch (const CallStopped& stopped) {
        report_background_oopses(session);
        session.finish_check(exit_status::failure);
        return report_stop(session, stopped);
    }
}

bool writes_disks(ToolSession& session)
{
    const auto writes = [](const DiskImageRow& disk) { return disk.writes_through != 0; };
    return session->machine().table<DiskImageRow>().find_if(writes) != nullptr;
}

/// What was committed goes to the images of disks that are written through, and is forgotten with another commit.
void write_disks(ToolSession& session)
{
    DiskImages(session->machine()).write_back();
    session.commit();
}

int run_jailed(ToolSession& session, const std::function<int()>& work)
{
    const auto result = session->run_jailed(
        [&](Session&) {
            if (session.debugger()) session.debugger()->begin_run();
            return status_after_output(run_here(session, work));
        },
        session.limits());
    if (!result.died) return result.status && interrupt_count() ? exit_status::interrupted : result.status;
    if (result.status == SIGPIPE) std::raise(SIGPIPE); // nobody reads our output any more: end as any program does
    const auto kept = session->child_committed() ? "it had committed before: the machine is changed" : "the machine is as it was";
    if (interrupt_count() > 1) {
        complain(fmt::format("interrupted: {}", kept));
        return exit_status::interrupted;
    }
    complain(fmt::format("the jailed process that runs the guest died: {}; {}", result.reason, kept));
    return exit_status::failure;
}

} // namespace

int run_in_session(ToolSession& session, const std::function<int()>& work)
{
    const bool writes = writes_disks(session);
    const int status = session.is_jailed() ? run_jailed(session, work) : run_here(session, work);
    if (writes) write_disks(session);
    return status;
}

} // namespace retromod
