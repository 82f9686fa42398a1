// SPDX-License-Identifier: GPL-2.0-or-later
// retromod trace COMMAND: the command, with every system call and every kernel function that the guest calls.
#include "emu/cpu/preferred_engine.h"
#include "loader/tools/commands.h"
#include "loader/tools/inner_command.h"
#include "loader/tools/options.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace retromod {
namespace {

/// Where the trace goes: stderr, a file, or standard output. Closes what it opened.
class TraceOutput {
public:
    TraceOutput() = default;
    TraceOutput(const TraceOutput&) = delete;
    TraceOutput& operator=(const TraceOutput&) = delete;
    ~TraceOutput()
    {
        if (file_ != stderr) std::fclose(file_);
    }

    void open(const std::string& path) { use(std::fopen(path.c_str(), "w"), path); }

    /// From now on standard output is the trace's; what the command prints there goes to stderr.
    void take_standard_output()
    {
        std::fflush(stdout);
        use(fdopen(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3), "w"), "standard output");
        dup2(STDERR_FILENO, STDOUT_FILENO);
    }

    std::FILE* file() const { return file_; }

    /// Writes out what is left. Throws when something could not be written.
    void finish(const std::string& name)
    {
        if (std::fflush(file_) != 0 || std::ferror(file_)) throw std::runtime_error(fmt::format("{}: cannot be written", name));
    }

private:
    void use(std::FILE* opened, const std::string& name)
    {
        if (!opened) throw std::runtime_error(fmt::format("{}: {}", name, std::strerror(errno)));
        file_ = opened;
    }

    std::FILE* file_ = stderr;
};

} // namespace

int trace_command(const Invocation& invocation)
{
    TraceChoice choice;
    std::optional<std::string> path;
    std::vector<std::string> words;
    Options options(invocation);
    options.flag("--json", choice.json, "one JSON object a line, on standard output; what the command prints goes to stderr")
        .flag("--io", choice.io, "accesses to I/O ports and device memory too")
        .value("-o,--output", path, "write the trace into this file")
        .rest("COMMAND [ARGUMENT...]", words, "what to run: insmod foo.o, rmmod foo, cat /proc/foo, ...");
    if (const auto status = options.parse()) return *status;
    auto inner = inner_command(invocation, words);
    if (!inner) return exit_status::usage;
    if (choice.io) prefer_engine(EngineKind::unicorn); // our own has no hook at each access to memory
    TraceOutput into;
    if (path) into.open(*path);
    else if (choice.json) into.take_standard_output();
    choice.into = into.file();
    inner->invocation.trace = choice;
    const int status = inner->command->run(inner->invocation);
    into.finish(path.value_or("standard output"));
    return status;
}

} // namespace retromod
