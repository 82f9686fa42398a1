// SPDX-License-Identifier: GPL-2.0-or-later
// Unicorn aborts, or crashes, on some code that no compiler makes. Its caller must live on and say so.
#pragma once

#include <string_view>

namespace retromod {

/// How a call into the engine ended.
struct GuardedCall {
    int signal = 0; ///< that ended it; 0: it returned
    int result = 0; ///< what it returned
};

/// Calls `function(argument)`. A signal by which the engine would end the process (SIGABRT, SIGSEGV, SIGILL, SIGFPE) ends
/// the call instead; the engine must not be used again then. Signals of other threads, and of our own code under
/// CrashGuardSuspended, go where they went before. Not reentrant in a thread.
GuardedCall call_guarded(int (*function)(void*), void* argument);

/// While one of these is alive, a crash is our own, not the engine's.
class CrashGuardSuspended {
public:
    CrashGuardSuspended() noexcept;
    ~CrashGuardSuspended();
    CrashGuardSuspended(const CrashGuardSuspended&) = delete;
    CrashGuardSuspended& operator=(const CrashGuardSuspended&) = delete;

private:
    void* landing_;
};

/// "it aborted", "it accessed memory that it does not have", ...
std::string_view crash_sentence(int signal);

} // namespace retromod
