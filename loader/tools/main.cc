// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/api/failure_sentence.h"
#include "loader/tools/command.h"
#include "loader/tools/global_options.h"
#include "loader/tools/interrupt.h"
#include "loader/tools/standard_streams.h"

#include <fmt/format.h>

#include <exception>

namespace retromod {
namespace {

constexpr std::string_view version = "1"; // as in retromod.pc

void print_help()
{
    fmt::print("usage: retromod [--machine PATH] [--dry-run] [--durable] [--no-jail] [--budget SECONDS]\n"
               "                [--engine native|unicorn] COMMAND [ARGUMENT...]\n"
               "Loads and runs Linux 2.2 and 2.4 kernel modules in user space.\n\n");
    for (const auto& command : commands()) fmt::print("  {:<10} {}\n", command.name, command.summary);
    fmt::print("\nThe machine is --machine PATH, $RETROMOD_MACHINE, or retromod/machine under $XDG_STATE_HOME or\n"
               "~/.local/state. With --dry-run a command does its work, but nothing of it is kept; with --durable what is kept\n"
               "outlasts a power failure. One system call may take 30 seconds of guest time, or what --budget says. Guest code\n"
               "runs in a jailed process of its own; --no-jail lets it run in the command's (for debuggers). A read, write or\n"
               "ioctl that sleeps waits for what other commands do to the machine; with --no-wait it is an error. i386 code runs\n"
               "on the engine that --engine names.\n"
               "These options may stand behind the command, too. `retromod help COMMAND` says more of one; `retromod --version`\n"
               "names this program's version. docs/exit-statuses.md lists the exit statuses.\n");
}

int refuse(const std::string& reason)
{
    complain(reason);
    return exit_status::usage;
}

int refuse_command(std::string_view name)
{
    return refuse(fmt::format("unknown command '{}': `retromod --help` lists them", name));
}

/// `retromod help [COMMAND]`.
int help(const std::vector<std::string>& words)
{
    if (words.empty()) return print_help(), 0;
    const auto* command = find_command(words.front());
    if (!command) return refuse_command(words.front());
    Invocation invocation;
    invocation.name = words.front();
    invocation.arguments = {"--help"};
    command->run(invocation); // modutils' own end with 1
    return 0;
}

/// Reads what stands before the command; nothing when the rest of `words` is to be run as `invocation`.
std::optional<int> read_prefix(std::vector<std::string>& words, Invocation& invocation)
{
    while (!words.empty() && words.front().starts_with("-")) {
        if (words.front() == "--help" || words.front() == "-h") return print_help(), 0;
        if (words.front() == "--version") return fmt::print("retromod {}\n", version), 0;
        const auto option = take_global_option(words, 0, invocation);
        if (option.status) return option.status;
        if (!option.taken) return refuse(fmt::format("unknown option '{}'", words.front()));
    }
    if (words.empty()) return refuse("no command: `retromod --help` lists them");
    if (words.front() == "help") return help({words.begin() + 1, words.end()});
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
        if (!find_command(invocation.name)) return refuse_command(invocation.name);
        if (const auto status = take_global_options(words, invocation)) return *status;
    }
    const auto* command = find_command(invocation.name);
    invocation.arguments = std::move(words);
    return command->run(invocation);
}

} // namespace
} // namespace retromod

int main(int argc, char** argv)
{
    retromod::prepare_standard_streams();
    int status = retromod::exit_status::failure;
    try {
        retromod::catch_interrupts();
        status = retromod::run(argc ? argv[0] : "retromod", {argv + std::min(argc, 1), argv + argc});
    } catch (...) {
        retromod::complain(retromod::failure_sentence());
    }
    return retromod::status_after_output(status);
}
