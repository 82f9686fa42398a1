// SPDX-License-Identifier: GPL-2.0-or-later
// retromod exec PROGRAM [ARGUMENT...]: runs a program of the host whose kernel is the machine.
#include "loader/api/failure_sentence.h"
#include "loader/exec/filter.h"
#include "loader/exec/machine_server.h"
#include "loader/exec/program.h"
#include "loader/exec/supervisor.h"
#include "loader/tools/commands.h"
#include "loader/tools/global_options.h"
#include "loader/tools/options.h"
#include "loader/tools/tool_session.h"

#include <fmt/format.h>

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <system_error>

namespace retromod {
namespace {

constexpr bool host_is_supported =
#if defined(__x86_64__)
    true;
#else
    false;
#endif

/// What the supervisor's process does: starts the program when the machine is there, and serves it.
int supervise(int socket, const exec::ProgramStart& start, const exec::SupervisorOptions& options)
try {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    sigprocmask(SIG_BLOCK, &children, nullptr);
    exec::Wire wire(socket);
    exec::MachineClient machine(wire);
    const auto filter = exec::notifying_filter(exec::answered_calls());
    const auto program = exec::start_program(start, filter);
    if (program.process < 0) {
        machine.end(exit_status::failure);
        return exit_status::failure;
    }
    exec::Supervisor supervisor(machine, options);
    const int status = supervisor.serve(program.process, program.listener);
    machine.end(status);
    return status;
} catch (...) {
    complain(failure_sentence());
    exec::kill_programs();
    return exit_status::failure;
}

/// A forked process that supervises; before the machine is opened, so that nothing of that is its own.
pid_t start_supervisor(int socket, int other_end, const exec::ProgramStart& start, const exec::SupervisorOptions& options)
{
    std::fflush(nullptr);
    const auto child = ::fork();
    if (child < 0) throw std::system_error(errno, std::generic_category(), "exec: cannot start the supervisor");
    if (child != 0) return child;
    ::close(other_end);
    const int status = supervise(socket, start, options);
    std::fflush(nullptr);
    ::_exit(status);
}

/// The program's "/" as the host names it; "" is the host's own.
std::string root_of(const exec::ProgramStart& start)
{
    const auto& root = start.confinement.root;
    return root.empty() ? root : std::filesystem::canonical(root).string();
}

/// Takes the options of every command out of what stands before the program.
std::optional<int> take_leading_options(Invocation& invocation)
{
    constexpr std::array<std::string_view, 3> with_value = {"--uid", "--root", "--host-write"};
    auto& words = invocation.arguments;
    for (std::size_t at = 0; at < words.size() && words[at].starts_with('-') && words[at] != "--";) {
        const auto option = take_global_option(words, at, invocation);
        if (option.status) return option.status;
        if (!option.taken) at += std::ranges::find(with_value, words[at]) == with_value.end() ? 1 : 2;
    }
    return std::nullopt;
}

} // namespace

int exec_command(const Invocation& given)
{
    auto invocation = given;
    if (const auto status = take_leading_options(invocation)) return *status;
    exec::ProgramStart start;
    std::uint64_t uid = 0;
    Options options(invocation);
    options.value("--uid", uid, "the user that the program is in the guest (default 0)")
        .value("--root", start.confinement.root, "the program's /, a folder of the host with what it needs")
        .values("--host-write", start.confinement.writable, "a folder of the host that it may write (/: all); may be repeated")
        .rest("PROGRAM", start.words, "a program of the host, of PATH or by its path, and its arguments");
    if (const auto status = options.parse()) return *status;
    if (start.words.empty()) {
        complain("exec: no program");
        return exit_status::usage;
    }
    if (!host_is_supported) {
        complain("exec: programs run on hosts with an x86-64 processor only");
        return exit_status::failure;
    }
    for (const int signal : {SIGINT, SIGQUIT}) std::signal(signal, SIG_IGN); // what they mean is the program's to say
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        throw std::system_error(errno, std::generic_category(), "exec: a socket");
    const auto supervisor = start_supervisor(ends[0], ends[1], start, {static_cast<std::uint32_t>(uid), root_of(start)});
    ::close(ends[0]);
    ToolSession session(invocation, Purpose::change);
    const auto& arch = session->arch();
    if (arch.name != "i386" && arch.name != "x86_64")
        throw std::runtime_error(fmt::format("exec: the machine's processor is {}, the host's programs are for x86", arch.name));
    const auto keeps = invocation.dry_run == DryRun::yes ? exec::MachineServer::Keeps::no : exec::MachineServer::Keeps::yes;
    const int status = run_in_session(session, [&] {
        exec::Wire wire(ends[1]);
        return exec::MachineServer(*session, wire, limits_of(invocation), keeps).serve();
    });
    ::close(ends[1]);
    ::waitpid(supervisor, nullptr, 0);
    return status;
}

} // namespace retromod
