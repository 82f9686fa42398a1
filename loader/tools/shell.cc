// SPDX-License-Identifier: GPL-2.0-or-later
// retromod shell: a shell in which insmod, modprobe and their like are ours.
#include "loader/api/machine_path.h"
#include "loader/api/session.h"
#include "loader/tools/module_commands.h"
#include "loader/tools/names_folder.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <sys/mman.h>
#include <system_error>
#include <unistd.h>

namespace retromod {
namespace {

namespace fs = std::filesystem;

std::string machine_label(const std::string& path)
{
    if (!MachineFile(path).exists()) return "no machine";
    auto session = Session::look(path);
    return fmt::format("{} {}", session.system().release(), session.arch().name);
}

/// A file that a shell can read, gone with the processes that have it open.
std::string startup_file(const std::string& text)
{
    const int file = ::memfd_create("retromod-shell", 0);
    if (file < 0 || ::write(file, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        throw std::system_error(errno, std::generic_category(), "shell: its startup file");
    ::lseek(file, 0, SEEK_SET);
    return fmt::format("/proc/self/fd/{}", file);
}

} // namespace

int shell_command(const Invocation& invocation)
{
    auto words = invocation.arguments;
    if (!words.empty() && (words.front() == "--help" || words.front() == "-h")) {
        fmt::print("usage: retromod shell [-c COMMAND | SCRIPT [ARGUMENT...]]\n"
                   "Opens a shell in whose PATH insmod, rmmod, lsmod, ksyms, modinfo, modprobe, depmod, genksyms, kallsyms\n"
                   "and kmod are retromod's, and act on the machine. In it and in bash scripts that it starts, /sbin/insmod\n"
                   "and its like are so too; in other programs a name with a folder is still the system's own.\n");
        return 0;
    }
    const auto machine = fs::absolute(machine_path(invocation.machine)).string();
    const auto folder = names_folder();
    stay_on_machine(folder, machine);
    const auto prompt = fmt::format("[retromod {}] ", machine_label(machine));
    std::vector<std::string> arguments{"bash"};
    if (words.empty()) {
        const auto startup = startup_file(fmt::format(
            "[ -f ~/.bashrc ] && . ~/.bashrc\nPATH='{}':$PATH\n. \"$BASH_ENV\"\nPS1='{}'\"$PS1\"\n", folder, prompt));
        arguments.insert(arguments.end(), {"--rcfile", startup, "-i"});
    }
    arguments.insert(arguments.end(), words.begin(), words.end());
    std::vector<char*> argv;
    for (auto& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    ::execvp("bash", argv.data());
    throw std::system_error(errno, std::generic_category(), "shell: bash");
}

} // namespace retromod
