// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/exec/program.h"

#include "loader/exec/filter.h"

#include <fmt/format.h>

#include <sched.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace retromod::exec {
namespace {

constexpr int not_yet = 0, failed = -1, refused = -2;

/// What the new process tells us: 0, its listener's number and one, or a negative errno. Shared memory: under the filter it can
/// write nowhere else.
struct Told {
    std::atomic<int> listener{not_yet};
    std::atomic<int> error{0};
};

class SharedTold {
public:
    SharedTold()
    {
        void* page = ::mmap(nullptr, sizeof(Told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (page == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "exec: no memory");
        told_ = new (page) Told;
    }
    ~SharedTold() { ::munmap(told_, sizeof(Told)); }
    SharedTold(const SharedTold&) = delete;
    SharedTold& operator=(const SharedTold&) = delete;
    Told* operator->() { return told_; }

private:
    Told* told_;
};

/// The kernel then gives 32-bit programs the 3 GB of user addresses that i386 kernels gave them.
void take_period_addresses()
{
    const int now = ::personality(0xffffffff);
    if (now >= 0) ::personality(static_cast<unsigned long>(now) | ADDR_LIMIT_3GB);
}

void confine_or_end(SharedTold& told, const Confinement& confinement)
try {
    confine(confinement);
} catch (const std::exception& error) {
    const auto line = fmt::format("retromod: {}\n", error.what());
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
    told->listener = refused;
    ::_exit(1);
}

[[noreturn]] void be_the_program(SharedTold& told, const ProgramStart& start, char* const* argv,
                                 const std::vector<sock_filter>& filter, pid_t parent)
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    for (const int signal : {SIGINT, SIGQUIT, SIGPIPE, SIGCHLD}) ::signal(signal, SIG_DFL);
    take_period_addresses();
    confine_or_end(told, start.confinement);
    const int listener = enter_filter(filter);
    if (listener < 0) {
        told->error = -listener;
        told->listener = failed;
        ::_exit(1);
    }
    told->listener = listener + 1;
    ::execvp(argv[0], argv);
    const int status = errno == ENOENT ? 127 : 126;
    const auto line = fmt::format("retromod: exec: {}: {}\n", argv[0], std::strerror(errno));
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
    ::_exit(status);
}

[[noreturn]] void refuse(pid_t child, int error)
{
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    throw std::runtime_error(fmt::format("exec: the host gives us no seccomp user notification: {}", std::strerror(error)));
}

} // namespace

StartedProgram start_program(const ProgramStart& start, const std::vector<sock_filter>& filter)
{
    SharedTold told;
    std::vector<char*> argv;
    for (const auto& word : start.words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    const auto parent = ::getpid();
    // Until it executes the program it shares our descriptors: so its listener is ours.
    const auto child = static_cast<pid_t>(::syscall(SYS_clone, CLONE_FILES | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
    if (child < 0) throw std::system_error(errno, std::generic_category(), "exec: cannot start a process");
    if (child == 0) be_the_program(told, start, argv.data(), filter, parent);
    while (told->listener == not_yet) {
        if (told->listener == not_yet && ::waitpid(child, nullptr, WNOHANG) == child && told->listener == not_yet)
            throw std::runtime_error("exec: the program's process died at once");
        const timespec pause{0, 100'000};
        ::nanosleep(&pause, nullptr);
    }
    if (told->listener == refused) {
        ::waitpid(child, nullptr, 0);
        return {};
    }
    if (told->listener == failed) refuse(child, told->error);
    return {child, told->listener - 1};
}

void kill_programs()
{
    do {
        std::ifstream children(fmt::format("/proc/self/task/{}/children", ::getpid()));
        for (pid_t child; children >> child;) ::kill(child, SIGKILL);
    } while (::waitpid(-1, nullptr, 0) > 0 || errno == EINTR);
}

} // namespace retromod::exec
