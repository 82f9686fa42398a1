// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace retromod {

/// What files of the host work in a jail may open.
enum class JailFiles : unsigned char {
    none,  ///< for reading, until guest code runs; then none
    read,  ///< for reading, to its end
    write, ///< also for writing, to its end
};

/// What a jailed process may use.
struct JailLimits {
    std::uint64_t memory_bytes = std::uint64_t{1} << 30; ///< of address space, beyond the engine's and what it has when it starts
    unsigned cpu_seconds = 300;
    JailFiles files = JailFiles::none;
    /// Asked here when the child has ended: true lets another child do the work anew. Empty: no.
    std::function<bool()> again = {};
};

/// How work in a jail ended.
struct JailResult {
    bool died = false;  ///< before it returned
    int status = 0;     ///< what it returned; the signal if it died
    std::string reason; ///< of a death, for people
};

/// Runs `work` in a forked child that cannot start programs, reach the network, other processes or the terminal's input
/// queue; what files it may open the limits say. What it has open it may write: standard output, and a machine whose Transaction it
/// entered. It ends when this process does. The child's output goes where ours does. An exception of `work` is told on standard
/// error, and is status 1. SIGINT is ours alone while it runs: see `signal_jailed`. Errors: std::system_error when the host has no
/// fork or no seccomp for us.
JailResult run_in_jail(const JailLimits& limits, const std::function<int()>& work);

/// What the child of run_in_jail does first, for a child that was made otherwise. Errors: std::system_error.
void enter_jail(const JailLimits& limits);

/// Called in the child before the guest first runs.
void guest_may_run(const JailLimits& limits);

/// Tells the child of the run_in_jail under way, if any, to call its `on_signal`; false when there is none. For signal
/// handlers.
bool signal_jailed() noexcept;
/// Kills that child. For signal handlers.
void kill_jailed() noexcept;
/// What signal_jailed makes the child do: a function for signal handlers. Called in the child.
void on_jail_signal(void (*handler)());

} // namespace retromod
