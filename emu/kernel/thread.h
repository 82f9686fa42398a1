// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/cpu/cpu.h"

#include <array>
#include <cstring>
#include <type_traits>
#include <variant>

namespace retromod {

class Kernel;

/// The kernel function is over, with this result in the guest's result register.
struct Return {
    std::uint64_t value = 0;
};

/// What C type a guest function's result has: how much of the result registers counts.
enum class ResultType : std::uint32_t {
    integer, ///< int: 32 bits, whatever else is in the register; also of functions without a result
    word,    ///< long, size_t, a pointer
    wide,    ///< 64 bits on every CPU: loff_t
};

/// The kernel function wants this guest function called; it goes on with frame.result when that returns.
struct CallGuest {
    GuestAddr function;
    std::array<std::uint64_t, 6> arguments{};
    unsigned argument_count = 0;
    const char* why = ""; ///< "init", "read_proc", for traces
    ResultType result = ResultType::integer;
    unsigned wide_arguments = 0; ///< bit N: arguments[N] has 64 bits on every CPU, as a loff_t has
};

/// The kernel function waits: the thread runs again when its task's state is TASK_RUNNING, or at the deadline.
struct Sleep {
    const char* what = "";                  ///< what it waits for, for people
    std::uint64_t until = ~std::uint64_t{}; ///< jiffies at which it runs again anyway
};

/// The thread ends here (do_exit).
struct Exit {};

using Step = std::variant<Return, CallGuest, Sleep, Exit>;

/// One kernel function under way in a guest thread: a small fixed-format record, so that a thread can park anywhere and
/// be resumed by a later command.
struct Frame {
    std::uint32_t step = 0;        ///< step_key of the function
    std::uint32_t phase = 0;       ///< the function's own: how far it is. 0 when it is entered
    std::uint64_t result = 0;      ///< what the guest function returned that it had called; an int sign-extended to a word
    std::uint64_t entry = 0;       ///< the kernel entry it was called through, 0 for none
    std::array<std::uint64_t, 8> arguments{};
    CpuContext caller;             ///< the guest's registers when it was entered
    ResultType result_type = ResultType::integer; ///< of the guest function that it called
    std::uint32_t reserved = 0;
    std::array<std::byte, 192> state{};

    /// The function's own state, zeroed when it is entered.
    template <class T>
    T& local()
    {
        static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= sizeof(state));
        return *reinterpret_cast<T*>(state.data());
    }
};

/// A kernel function in steps. It is called again with the same frame after each CallGuest and Sleep.
using StepFunction = Step (*)(Kernel&, Frame&);

/// A step function's name as frames keep it: FNV-1a of the name, so that another build of the program finds it too.
constexpr std::uint32_t step_key(std::string_view name)
{
    std::uint32_t hash = 2166136261u;
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
    return hash;
}

struct StepEntry {
    std::string_view name;
    StepFunction function;
};

using ThreadId = std::uint32_t;

enum class ThreadState : std::uint32_t {
    runnable,
    sleeping,
    stopped,  ///< at a breakpoint, until it is run again
    finished, ///< its system call is over
    dead,     ///< killed by an oops
};

/// A guest thread: whatever runs in the guest. Fixed format, kept in the machine.
struct ThreadRow {
    static constexpr std::string_view table_name = "threads";
    static constexpr std::uint32_t table_capacity = 4096;
    static constexpr std::uint32_t frame_limit = 16;

    std::uint32_t used;
    ThreadState state;
    std::uint32_t pid;
    std::uint32_t depth;           ///< frames in use
    std::uint32_t in_guest;        ///< guest code runs above the innermost frame
    std::uint32_t awaited;         ///< a command waits for its result; others vanish when they finish
    std::uint32_t process;         ///< whose system call it makes, 0 for a kernel thread
    std::uint32_t reserved;
    std::uint64_t task;            ///< its task_struct, at the base of its kernel stack; 0: none yet
    std::uint64_t deadline;        ///< jiffies, for a sleep that ends by itself
    std::uint64_t result;          ///< of a finished system call
    char name[16];                 ///< comm
    char waits_for[40];
    CpuContext context;            ///< when it is not on the CPU
    Frame frames[frame_limit];
};

} // namespace retromod
