// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/machine/machine_file.h"
#include "loader/api/failure_sentence.h"
#include "loader/api/machine_path.h"
#include "loader/api/retromod.h"
#include "loader/tools/command.h"
#include "loader/tools/global_options.h"
#include "loader/tools/interrupt.h"
#include "loader/tools/standard_streams.h"
#include "loader/tools/terminal.h"
#include "loader/tools/version.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <exception>
#include <filesystem>

namespace retromod {
namespace {

void print_help()
{
    fmt::print("usage: retromod [--machine PATH] [--root DIR] [--dry-run] [--durable] [--no-jail] [--budget SECONDS]\n"
               "                [--engine native|unicorn] [--fail KIND:N] [--check memory] COMMAND [ARGUMENT...]\n"
               "Loads and runs Linux 2.2 and 2.4 kernel modules in user space.\n\n");
    for (const auto& command : commands()) fmt::print("  {:<10} {}\n", command.name, command.summary);
    fmt::print("\nThe machine is --machine PATH, $RETROMOD_MACHINE, or retromod/machine under $XDG_STATE_HOME or\n"
               "~/.local/state. With --dry-run a command does its work, but nothing of it is kept; with --durable what is kept\n"
               "outlasts a power failure. One system call may take 30 seconds of guest time, or what --budget says. Guest code\n"
               "runs in a jailed process of its own; --no-jail lets it run in the command's (for debuggers). A read, write or\n"
               "ioctl that sleeps waits for what other commands do to the machine; with --no-wait it is an error. i386 code runs\n"
               "on the native engine where the host can run it, else on Unicorn, or on the one that --engine names.\n"
               "--fail kmalloc:3 lets the third kmalloc of the command fail (or page, or vmalloc), --fail every:3 each third\n"
               "allocation: what does the driver do then? --check memory tells of blocks that modules use after\n"
               "they freed them, free twice or wrongly, write behind, or leave when they go (docs/checking.md).\n"
               "Modules, their configuration and logs are looked for under --root DIR (before the command), $RETROMOD_ROOT, what\n"
               "`boot --modules` named, or the folder `root` beside the machine: etc/modules.conf, lib/modules, var/log.\n"
               "The other options may stand behind the command, too. `retromod help COMMAND` says more of one; `retromod\n"
               "--version` names this program's version. docs/exit-statuses.md lists the exit statuses.\n");
}

void print_version()
{
    fmt::print("retromod {} (libretromod.so.1 with interface {}, machine files of format {})\n", program_version,
               RETROMOD_API_VERSION, machine_format);
}

int refuse(const std::string& reason)
{
    complain(reason);
    return exit_status::usage;
}

int refuse_command(std::string_view name)
{
    std::vector<std::string> names;
    for (const auto& command : commands()) names.emplace_back(command.name);
    const auto near = nearest_word(name, names);
    return refuse(fmt::format("unknown command '{}'{}: `retromod --help` lists them", name,
                              near.empty() ? "" : fmt::format(", did you mean '{}'?", near)));
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

/// `--root DIR`: for this command and what it starts. insmod and depmod have an option of that name of their own, so it
/// stands before the command only.
std::optional<int> take_root(std::vector<std::string>& words)
{
    constexpr std::string_view with_value = "--root=";
    auto word = words.front();
    words.erase(words.begin());
    std::string folder;
    if (word.starts_with(with_value)) {
        folder = word.substr(with_value.size());
    } else if (word != "--root") {
        return refuse(fmt::format("unknown option '{}'", word));
    } else if (!words.empty()) {
        folder = words.front();
        words.erase(words.begin());
    }
    if (folder.empty()) return refuse("--root needs a folder");
    ::setenv("RETROMOD_ROOT", std::filesystem::absolute(folder).c_str(), 1); // a shell may go elsewhere
    return std::nullopt;
}

/// Reads what stands before the command; nothing when the rest of `words` is to be run as `invocation`.
std::optional<int> read_prefix(std::vector<std::string>& words, Invocation& invocation)
{
    while (!words.empty() && words.front().starts_with("-")) {
        if (words.front() == "--help" || words.front() == "-h") return print_help(), 0;
        if (words.front() == "--version") return print_version(), 0;
        if (words.front().starts_with("--root")) {
            if (const auto status = take_root(words)) return status;
            continue;
        }
        const auto option = take_global_option(words, 0, invocation);
        if (option.status) return option.status;
        if (!option.taken) return refuse(fmt::format("unknown option '{}'", words.front()));
    }
    if (words.empty()) return refuse("no command: `retromod --help` lists them");
    if (words.front() == "help") return help({words.begin() + 1, words.end()});
    return std::nullopt;
}

/// Commands that make machines of their own, start others, or have guest code watched already.
bool can_check_memory(std::string_view command)
{
    constexpr std::array others = {"cc",     "compare", "exec",   "explain", "gdb",  "genksyms", "kallsyms",
                                   "modinfo", "new",     "replay", "report",  "shell", "sweep",    "test"};
    return std::ranges::find(others, command) == others.end();
}

/// Runs a command. One that fails leaves no machine where there was none; one that died of an oops does, for its report.
int run_without_surprise(const Command& command, const Invocation& invocation)
{
    const bool names_one =
        invocation.machine || std::getenv("RETROMOD_MACHINE") || std::getenv("XDG_STATE_HOME") || std::getenv("HOME");
    if (!names_one) return command.run(invocation);
    const MachineFile machine(machine_path(invocation.machine));
    const bool was_there = machine.exists();
    const int status = command.run(invocation);
    const bool failed = status != 0 && status != exit_status::segmentation_fault && status != exit_status::memory_fault;
    if (failed && !was_there && machine.exists()) machine.remove();
    return status;
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
        const bool starts_program = invocation.name == "exec"; // whose words are its own
        const auto status = starts_program ? std::nullopt : take_global_options(words, invocation);
        if (status) return *status;
    }
    const auto* command = find_command(invocation.name);
    if (invocation.check_memory == CheckMemory::yes && !can_check_memory(invocation.name))
        return refuse(fmt::format("--check memory: not with {}", invocation.name));
    invocation.arguments = std::move(words);
    return run_without_surprise(*command, invocation);
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
