// SPDX-License-Identifier: GPL-2.0-or-later
// retromod gdb COMMAND: the command, its guest stopped where gdb wants it to stop.
#include "emu/cpu/preferred_engine.h"
#include "emu/kernel/symbols.h"
#include "loader/api/failure_sentence.h"
#include "loader/gdb/debugger.h"
#include "loader/tools/commands.h"
#include "loader/tools/gdb_connection.h"
#include "loader/tools/inner_command.h"
#include "loader/tools/options.h"
#include "loader/tools/trace_sinks.h"

#include <array>
#include <csignal>

namespace retromod {
namespace {

bool loads_modules(std::string_view command)
{
    constexpr std::array loaders = {"insmod", "modprobe"};
    return std::ranges::find(loaders, command) != loaders.end();
}

std::unique_ptr<EventSink> make_trace(Kernel& kernel, std::FILE* into)
{
    return make_text_trace({&kernel.arch(), into, [&kernel](GuestAddr at) { return kernel.symbols().describe(at); }});
}

/// The exit status of the command; what went wrong on the host's side is said here, that gdb hears of the end.
int run_debugged(const Command& command, const Invocation& invocation)
{
    try {
        return command.run(invocation);
    } catch (...) {
        complain(failure_sentence());
        return exit_status::failure;
    }
}

} // namespace

int gdb_command(const Invocation& invocation)
{
    GdbPlace place;
    std::optional<std::string> script;
    std::vector<std::string> words;
    Options options(invocation);
    options.value("--socket", place.socket, "listen on this path of a Unix socket: gdb's `target remote PATH`")
        .flag("--stdio", place.stdio, "gdb is at standard input and output: gdb's `target remote | retromod gdb --stdio ...`")
        .value("--symbols", script, "at each stop, write lines into this file that make gdb read the modules' symbols")
        .rest("COMMAND [ARGUMENT...]", words, "what to run: insmod foo.o, rmmod foo, cat /proc/foo, ...");
    if (const auto status = options.parse()) return *status;
    auto inner = inner_command(invocation, words);
    if (!inner) return exit_status::usage;
    if (place.stdio == place.socket.has_value()) {
        complain("gdb: one of --socket PATH and --stdio says where gdb is");
        return exit_status::usage;
    }
    if (invocation.jailed == Jailed::no) {
        complain("gdb: not with --no-jail: to go backwards the guest is run anew in another process");
        return exit_status::usage;
    }
    prefer_engine(EngineKind::unicorn); // our own for i386 shows no single instructions
    std::signal(SIGPIPE, SIG_IGN);      // gdb may go at any time
    const GdbConnection connection(place, script);
    Debugger debugger({connection.in(), connection.out(), connection.script(), loads_modules(words.front()), words, make_trace});
    inner->invocation.waits = Waits::no;
    inner->invocation.debugger = &debugger;
    const int status = run_debugged(*inner->command, inner->invocation);
    if (debugger.end(status)) return status;
    complain("gdb: killed, or the debugger is gone: nothing of the command is kept");
    return exit_status::failure;
}

} // namespace retromod
