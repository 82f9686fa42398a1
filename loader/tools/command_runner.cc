// SPDX-License-Identifier: GPL-2.0-or-later
// Commands of modules.conf and modprobe.d, run on the host: modprobe --run-commands.
#include "loader/tools/command_runner.h"

#include "loader/api/machine_path.h"
#include "loader/api/stream_io.h"
#include "loader/tools/names_folder.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <sys/socket.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace retromod {
namespace {

constexpr int failed_to_run = 127; // as a shell shows it
constexpr std::size_t most_bytes = 1 << 20; ///< of a command

int status_of(const std::string& command)
{
    const pid_t shell = ::fork();
    if (shell < 0) return failed_to_run;
    if (shell == 0) {
        ::execlp("bash", "bash", "-c", command.c_str(), nullptr);
        ::_exit(failed_to_run);
    }
    int status = 0;
    while (::waitpid(shell, &status, 0) < 0 && errno == EINTR) {}
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// What the process does until nobody asks any more.
[[noreturn]] void serve(int socket)
{
    for (std::size_t bytes = 0; read_stream(socket, &bytes, sizeof bytes) && bytes <= most_bytes;) {
        std::string command(bytes, '\0');
        if (!read_stream(socket, command.data(), bytes)) break;
        const int status = status_of(command);
        if (!write_stream(socket, &status, sizeof status)) break;
    }
    ::_exit(0);
}

} // namespace

bool take_run_commands(Invocation& invocation)
{
    auto& words = invocation.arguments;
    const auto end = std::ranges::find(words, "--");
    const auto found = std::find(words.begin(), end, "--run-commands");
    if (found == end) return false;
    words.erase(found);
    return true;
}

CommandRunner::CommandRunner(const Invocation& invocation, Runs runs)
{
    if (runs == Runs::no) return;
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        throw std::system_error(errno, std::generic_category(), "--run-commands: socketpair");
    const auto folder = names_folder();
    const auto machine = machine_path(invocation.machine);
    process_ = ::fork();
    if (process_ < 0) throw std::system_error(errno, std::generic_category(), "--run-commands: fork");
    ::close(ends[process_ == 0 ? 1 : 0]);
    if (process_ == 0) {
        stay_on_machine(folder, machine);
        serve(ends[0]);
    }
    socket_ = ends[1];
}

CommandRunner::~CommandRunner()
{
    if (socket_ < 0) return;
    ::close(socket_);
    ::waitpid(process_, nullptr, 0);
}

int CommandRunner::run(Session& session, const std::string& command)
{
    std::fflush(stdout); // in the order in which things happened
    session.put_down({});
    const auto bytes = command.size();
    int status = failed_to_run;
    const bool asked =
        bytes <= most_bytes && write_stream(socket_, &bytes, sizeof bytes) && write_stream(socket_, command.data(), bytes);
    if (!asked || !read_stream(socket_, &status, sizeof status)) status = failed_to_run;
    session.take_up();
    return status;
}

} // namespace retromod
