// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/command.h"
#include "loader/tools/interrupt.h"

#include <fmt/format.h>

#include <charconv>
#include <exception>

namespace retromod {
namespace {

constexpr std::uint64_t most_budget_seconds = 1'000'000;

void print_help()
{
    fmt::print("usage: retromod [--machine PATH] [--dry-run] [--durable] [--no-jail] [--budget SECONDS] COMMAND [ARGUMENT...]\n"
               "Loads and runs Linux 2.2 and 2.4 kernel modules in user space.\n\n");
    for (const auto& command : commands()) fmt::print("  {:<10} {}\n", command.name, command.summary);
    fmt::print("\nThe machine is --machine PATH, $RETROMOD_MACHINE, or retromod/machine under $XDG_STATE_HOME or\n"
               "~/.local/state. With --dry-run a command does its work, but nothing of it is kept; with --durable what is kept\n"
               "outlasts a power failure. One system call may take 30 seconds of guest time, or what --budget says. Guest code\n"
               "runs in a jailed process of its own; --no-jail lets it run in the command's (for debuggers). A read, write or\n"
               "ioctl that sleeps waits for what other commands do to the machine; with --no-wait it is an error.\n"
               "`retromod COMMAND --help` says more of one.\n");
}

/// The value of an option that stands before the command: `--name=VALUE`, or the next word. Nothing: there is none.
std::optional<std::string> take_value(const std::string& word, std::vector<std::string>& words)
{
    if (const auto equals = word.find('='); equals != std::string::npos) return word.substr(equals + 1);
    if (words.empty()) return std::nullopt;
    auto value = words.front();
    words.erase(words.begin());
    return value;
}

int refuse_prefix(const std::string& reason)
{
    complain(reason);
    return exit_status::usage;
}

/// Reads what stands before the command; nothing when the rest of `words` is to be run as `invocation`.
std::optional<int> read_prefix(std::vector<std::string>& words, Invocation& invocation)
{
    while (!words.empty() && words.front().starts_with("-")) {
        const auto word = words.front();
        const auto name = word.substr(0, word.find('='));
        words.erase(words.begin());
        if (word == "--help" || word == "-h") return print_help(), 0;
        if (word == "--dry-run") {
            invocation.dry_run = DryRun::yes;
        } else if (word == "--durable") {
            invocation.durable = Durable::yes;
        } else if (word == "--no-jail") {
            invocation.jailed = Jailed::no;
        } else if (word == "--no-wait") {
            invocation.waits = Waits::no;
        } else if (name == "--machine") {
            invocation.machine = take_value(word, words);
            if (!invocation.machine || invocation.machine->empty()) return refuse_prefix("--machine needs a path");
        } else if (name == "--budget") {
            const auto seconds = take_value(word, words).value_or("");
            const auto* end = seconds.data() + seconds.size();
            const auto read = std::from_chars(seconds.data(), end, invocation.budget_seconds);
            if (read.ec != std::errc{} || read.ptr != end || invocation.budget_seconds > most_budget_seconds)
                return refuse_prefix(fmt::format("--budget '{}': a number of seconds up to {}", seconds, most_budget_seconds));
        } else {
            return refuse_prefix(fmt::format("unknown option '{}'", word));
        }
    }
    if (words.empty()) return refuse_prefix("no command: `retromod --help` lists them");
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
