// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/guest_addr.h"
#include "emu/abi/syscall_result.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace retromod {

/// The system calls by their kernel names.
struct SystemCall {
    std::string_view name;           ///< "init_module": a step function sys_NAME is registered under it
    std::array<std::uint64_t, 6> arguments{};
    unsigned argument_count = 0;
};

/// Who makes a call.
struct Caller {
    bool cap_sys_module = true;
    std::string_view comm = "insmod";
};

/// How a run of a guest thread ended.
struct Outcome {
    enum class Kind : std::uint8_t {
        done,       ///< `result` is the system call's
        oops,       ///< the thread was killed by an oops; `what` is its first line
        bug,        ///< BUG() of the kernel itself
        hang,       ///< the real kernel would never return; `what` says where
        breakpoint, ///< int3 at `at`: run the thread again to go on
        deadlock,   ///< it sleeps and nothing in the machine can wake it; `what` says who waits for what
        budget,     ///< still running when the limit was reached; `at` is where
        trap,       ///< called an import that does not exist; `what` is its name
        dead = 10,  ///< the machine has panicked, now or before; `what` is why
    };
    Kind kind = Kind::done;
    SyscallResult result;
    GuestAddr at;
    std::string what;
};

/// Who answers a breakpoint of guest code.
enum class Breakpoints : bool { oops, stop };

struct RunLimits {
    std::uint64_t blocks = 100'000'000; ///< basic blocks of guest code in this run: 50 s of virtual time
    bool is_slice = false; ///< a thread that has used the blocks up can be run on; else it would never return, and is killed
    Breakpoints breakpoints = Breakpoints::oops; ///< stop: a debugger is there, and the run ends with Kind::breakpoint
};

/// "oops", "deadlock": the kind as reports and scenarios name it.
constexpr std::string_view outcome_word(Outcome::Kind kind)
{
    switch (kind) {
    case Outcome::Kind::done: return "done";
    case Outcome::Kind::oops: return "oops";
    case Outcome::Kind::bug: return "bug";
    case Outcome::Kind::hang: return "hang";
    case Outcome::Kind::breakpoint: return "breakpoint";
    case Outcome::Kind::deadlock: return "deadlock";
    case Outcome::Kind::budget: return "budget";
    case Outcome::Kind::trap: return "trap";
    case Outcome::Kind::dead: return "panic";
    }
    return "";
}

} // namespace retromod
