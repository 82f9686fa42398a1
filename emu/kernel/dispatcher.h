// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/outcome.h"
#include "emu/kernel/steps.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/trouble.h"

#include <exception>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace retromod {

class Kernel;
struct Oops;

/// Runs the current thread: guest code on the engine, and kernel functions that guest code calls.
class Dispatcher final : private HypercallHandler {
public:
    explicit Dispatcher(Kernel& kernel);

    /// Runs the current thread until it sleeps, finishes, or something happened that its caller must know.
    std::optional<Outcome> run(std::uint64_t& blocks_left);
    /// Whether the next run ends at a breakpoint of guest code; else that is an oops.
    void set_breakpoints(Breakpoints answer) { breakpoints_ = answer; }
    /// Whether a thread whose blocks are used up goes on another time; else it is given up.
    void set_patient(bool patient) { patient_ = patient; }
    /// How a thread ended that an oops killed.
    Outcome take_end(ThreadId id);
    /// What killed threads for which no caller waits, since it was last asked for: a line each.
    std::vector<std::string> take_background_oopses() { return std::exchange(background_oopses_, {}); }
    bool has_step(std::string_view name) const { return steps_.find(step_key(name)) != nullptr; }

private:
    Next on_hypercall(GuestAddr entry) noexcept override;
    std::optional<Outcome> step_current();
    std::optional<Outcome> apply_step(const Step& step);
    std::optional<Outcome> run_guest(std::uint64_t& blocks_left);
    std::optional<Outcome> guest_stopped(const Stop& stop);
    std::optional<Outcome> guest_faulted(const Stop& stop);
    std::optional<Outcome> entered_kernel(GuestAddr entry);
    std::optional<Outcome> oops(const Stop& stop);
    std::optional<Outcome> die(const Oops& oops);
    Outcome die_in_interrupt(const std::string& cause);
    void begin_exit(ThreadRow& thread, const Outcome& oops);
    std::optional<Outcome> bug(const KernelBug& bug);
    std::optional<Outcome> scheduling_in_interrupt();
    std::optional<Outcome> give_up(Outcome::Kind kind, const std::string& what);
    bool has_pending_trouble() const;
    std::optional<Outcome> pending_trouble();
    void finish_frame(std::uint64_t value);
    void exit();
    void run_softirqs_before_sleep(ThreadRow& thread);
    void begin_guest_call(const CallGuest& call);
    std::optional<Outcome> sleep(const Sleep& sleep);
    bool deliver_interrupts();
    ExportContext context_of(GuestAddr entry, ExportCall& trace);
    std::uint64_t result_of(ResultType type);

    Kernel& kernel_;
    Steps steps_;
    Breakpoints breakpoints_ = Breakpoints::oops;
    bool patient_ = false;
    std::unordered_map<ThreadId, Outcome> ends_; ///< of threads that an oops killed and whose caller waits
    std::vector<std::string> background_oopses_;
    // What a plain export met inside the engine's callback, dealt with when the engine has stopped.
    std::optional<MemoryFault> pending_fault_;
    std::optional<std::string> pending_hang_, pending_trap_;
    std::optional<KernelBug> pending_bug_;
    std::optional<KernelPanic> pending_panic_;
    std::exception_ptr pending_failure_; ///< a failure of the host, rethrown outside the engine
};

} // namespace retromod
