// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/command.h"
#include "loader/tools/interrupt.h"

#include <fmt/format.h>

#include <exception>

namespace retromod {
namespace {

void print_help()
{
    fmt::print("usage: retromod [--machine PATH] [--dry-run] COMMAND [ARGUMENT...]\n"
               "Loads and runs Linux 2.2 and 2.4 kernel modules in user space.\n\n");
    for (const auto& command : commands()) fmt::print("  {:<10} {}\n", command.name, command.summary);
    fmt::print("\nThe machine is --machine PATH, $RETROMOD_MACHINE, or retromod/machine under $XDG_STATE_HOME or\n"
               "~/.local/state. With --dry-run a command does its work, but nothing of it is kept. `retromod COMMAND --help`\n"
               "says more of one.\n");
}

/// Reads what stands before the command; nothing when the rest of `words` is to be run as `invocation`.
std::optional<int> read_prefix(std::vector<std::string>& words, Invocation& invocation)
{
    while (!words.empty() && words.front().starts_with("-")) {
        const auto word = words.front();
        words.erase(words.begin());
        if (word == "--help" || word == "-h") return print_help(), 0;
        if (word == "--dry-run") {
            invocation.dry_run = DryRun::yes;
        } else if (word.starts_with("--machine=")) {
            invocation.machine = word.substr(10);
        } else if (word == "--machine" && !words.empty()) {
            invocation.machine = words.front();
            words.erase(words.begin());
        } else {
            complain(word == "--machine" ? "--machine needs a path" : fmt::format("unknown option '{}'", word));
            return exit_status::usage;
        }
    }
    if (words.empty()) {
        complain("no command: `retromod --help` lists them");
        return exit_status::usage;
    }
    return std::nullopt;
}

int run(const std::string& program, std::vector<std::string> words)
{
    Invocation invocation;
    invocation.name = program.substr(program.rfind('/') + 1);
    if (!find_command(invocation.name)) {
        if (const auto status = read_prefix(words, invocation)) return *status;
        invocation.name = words.front();
        words.erase(words.begin());
    }
    const auto* command = find_command(invocation.name);
    if (!command) {
        complain(fmt::format("unknown command '{}': `retromod --help` lists them", invocation.name));
        return exit_status::usage;
    }
    invocation.arguments = std::move(words);
    return command->run(invocation);
}

} // namespace
} // namespace retromod

int main(int argc, char** argv)
{
    try {
        retromod::catch_interrupts();
        const int status = retromod::run(argc ? argv[0] : "retromod", {argv + std::min(argc, 1), argv + argc});
        if (std::fflush(stdout) != 0) throw std::runtime_error("standard output: cannot be written");
        return status;
    } catch (const std::exception& error) {
        retromod::complain(error.what());
        return retromod::exit_status::failure;
    }
}
