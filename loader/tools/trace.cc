// SPDX-License-Identifier: GPL-2.0-or-later
// retromod trace COMMAND: the command, with every system call and every kernel function that the guest calls.
#include "loader/tools/commands.h"
#include "loader/tools/options.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace retromod {
namespace {

/// Closes what it opened.
struct TraceFile {
    std::FILE* file = stderr;
    ~TraceFile()
    {
        if (file != stderr) std::fclose(file);
    }
    void open(const std::string& path)
    {
        file = std::fopen(path.c_str(), "w");
        if (file) return;
        file = stderr;
        throw std::runtime_error(fmt::format("{}: {}", path, std::strerror(errno)));
    }
};

} // namespace

int trace_command(const Invocation& invocation)
{
    TraceChoice choice;
    std::optional<std::string> path;
    std::vector<std::string> words;
    Options options(invocation);
    options.flag("--json", choice.json, "one JSON object a line")
        .flag("--io", choice.io, "accesses to I/O ports and device memory too")
        .value("-o,--output", path, "write the trace into this file instead of to stderr")
        .rest("COMMAND", words, "what to run: insmod foo.o, rmmod foo, cat /proc/foo, ...");
    if (const auto status = options.parse()) return *status;
    const auto* command = words.empty() ? nullptr : find_command(words.front());
    if (!command) {
        complain(words.empty() ? "trace: no command" : fmt::format("trace: unknown command '{}'", words.front()));
        return exit_status::usage;
    }
    TraceFile into;
    if (path) into.open(*path);
    choice.into = into.file;
    auto inner = invocation;
    inner.name = words.front();
    inner.arguments.assign(words.begin() + 1, words.end());
    inner.trace = choice;
    return command->run(inner);
}

} // namespace retromod
