// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace retromod {

class Debugger;
class SessionRecorder;

/// Exit statuses beside 0. insmod and its like know 0 and 1 only.
namespace exit_status {
constexpr int failure = 1;
constexpr int usage = 2;              ///< of our own commands
constexpr int memory_fault = 4;       ///< --check memory found one
constexpr int interrupted = 130;      ///< as a shell shows SIGINT
constexpr int segmentation_fault = 139; ///< as a shell shows SIGSEGV: the kernel killed the caller in an oops
}

/// Whether a command's work is kept.
enum class DryRun : bool { no, yes };

/// Whether what is kept outlasts the host's power failure.
enum class Durable : bool { no, yes };

/// Whether guest code runs in a process that can do nothing else.
enum class Jailed : bool { no, yes };

/// Whether a call that nothing in the machine can end waits for other commands; else it is an error.
enum class Waits : bool { no, yes };

/// Whether what modules do with memory is checked.
enum class CheckMemory : bool { no, yes };

/// How a command is to be traced.
struct TraceChoice {
    bool json = false;
    bool io = false;
    std::FILE* into = stderr;
};

/// An allocation that is to fail.
struct FailChoice {
    std::string kind;      ///< "kmalloc", "page" or "vmalloc"; "every": all of them, again and again
    std::uint32_t nth = 1; ///< of that kind, counted from the command's start
};

/// What a command is called with.
struct Invocation {
    std::string name;                       ///< of the command
    std::vector<std::string> arguments;     ///< without the name
    std::optional<std::string> machine;     ///< retromod --machine PATH
    DryRun dry_run = DryRun::no;            ///< retromod --dry-run
    std::uint64_t budget_seconds = 30;      ///< retromod --budget: how much guest time one system call may take
    Durable durable = Durable::no;          ///< retromod --durable
    Jailed jailed = Jailed::yes;            ///< no: retromod --no-jail
    Waits waits = Waits::yes;               ///< no: retromod --no-wait
    std::optional<FailChoice> fail;         ///< retromod --fail
    CheckMemory check_memory = CheckMemory::no; ///< retromod --check memory
    std::optional<TraceChoice> trace;       ///< retromod trace
    SessionRecorder* recorder = nullptr;    ///< retromod record: notes the module calls
    Debugger* debugger = nullptr;           ///< retromod gdb: stops the guest
};

/// One command of the program.
struct Command {
    std::string_view name;
    std::string_view summary;
    int (*run)(const Invocation&); ///< returns the exit status; failures of the host are exceptions
};

/// All commands, in the order that help shows them.
std::span<const Command> commands();

const Command* find_command(std::string_view name);

/// One line on stderr: `retromod: ...`.
void complain(std::string_view text);

} // namespace retromod
