// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/outcome.h"
#include "emu/kernel/steps.h"
#include "emu/kernel/trouble.h"

#include <exception>
#include <optional>

namespace retromod {

class Kernel;

/// Runs the current thread: guest code on the engine, and kernel functions that guest code calls.
class Dispatcher final : private HypercallHandler {
public:
    explicit Dispatcher(Kernel& kernel);

    /// Runs the current thread until it sleeps, finishes, or something happened that its caller must know.
    std::optional<Outcome> run(std::uint64_t& blocks_left);
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
    std::optional<Outcome> give_up(Outcome::Kind kind, const std::string& what);
    std::optional<Outcome> pending_trouble();
    void finish_frame(std::uint64_t value);
    void begin_guest_call(const CallGuest& call);
    void sleep(const Sleep& sleep);
    bool deliver_interrupts();
    ExportContext context_of(GuestAddr entry, ExportCall& trace);
    std::uint64_t result_of(ResultType type);

    Kernel& kernel_;
    Steps steps_;
    // What a plain export met inside the engine's callback, dealt with when the engine has stopped.
    std::optional<MemoryFault> pending_fault_;
    std::optional<std::string> pending_hang_, pending_bug_, pending_trap_;
    std::exception_ptr pending_failure_; ///< a failure of the host, rethrown outside the engine
};

} // namespace retromod
