// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/api/jail.h"

#include "emu/cpu/preferred_engine.h"
#include "loader/api/failure_sentence.h"
#include "loader/api/jail_filter.h"

#include <fmt/format.h>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <initializer_list>
#include <new>
#include <string_view>
#include <system_error>

namespace retromod {
namespace {

constexpr int no_memory_status = 87; ///< a status that no command has
/// Unicorn's buffer for translated code, which it takes when it first runs; most of it stays untouched.
constexpr std::uint64_t engine_bytes = (std::uint64_t{1} << 30) + (64 << 20);
constexpr int told_signal = SIGUSR1;

volatile pid_t jailed = 0;           ///< the child of run_in_jail, for signal handlers
void (*volatile signal_handler)() = nullptr;

void signalled(int)
{
    if (signal_handler) signal_handler();
}

void limit(int resource, rlim_t soft, rlim_t hard)
{
    rlimit wanted{};
    ::getrlimit(static_cast<__rlimit_resource>(resource), &wanted); // a lower one of the user's own stays
    wanted = {std::min(soft, wanted.rlim_cur), std::min(hard, wanted.rlim_max)};
    if (::setrlimit(static_cast<__rlimit_resource>(resource), &wanted) != 0)
        throw std::system_error(errno, std::generic_category(), "the host refuses a resource limit (--no-jail runs without)");
}

#ifdef __SANITIZE_ADDRESS__
void limit_address_space(const JailLimits&) {} // its shadow memory is larger than any limit
#else
struct MemoryInUse {
    std::uint64_t addresses = 0, data = 0; ///< bytes; data is what is private and writable
};

MemoryInUse memory_in_use()
{
    unsigned long addresses = 0, data = 0;
    if (auto* file = std::fopen("/proc/self/statm", "re")) {
        if (std::fscanf(file, "%lu %*u %*u %*u %*u %lu", &addresses, &data) != 2) addresses = data = 0;
        std::fclose(file);
    }
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    return {addresses * page, data * page};
}

void limit_address_space(const JailLimits& limits)
{
    const auto in_use = memory_in_use();
    if (preferred_engine() == EngineKind::unicorn)
        return limit(RLIMIT_AS, in_use.addresses + engine_bytes + limits.memory_bytes, RLIM_INFINITY);
    // Our own engine reserves addresses by the gigabyte, most of which never become memory.
    limit(RLIMIT_DATA, in_use.data + engine_bytes + limits.memory_bytes, RLIM_INFINITY);
}
#endif

void set_handler(int signal, void (*handler)(int))
{
    struct sigaction action = {};
    action.sa_flags = SA_ONSTACK; // an engine runs guest code on the stack pointer of the guest
    action.sa_handler = handler;
    sigaction(signal, &action, nullptr);
}

[[noreturn]] void be_the_child(const JailLimits& limits, pid_t parent, const std::function<int()>& work)
{
    int status = 1;
    try {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent) ::_exit(1);
        set_handler(SIGINT, SIG_IGN);
        for (const int signal : {SIGABRT, SIGSEGV, SIGILL, SIGFPE, SIGTERM})
            set_handler(signal, SIG_DFL); // our death tells; of SIGBUS the guard of the machine's mapping knows more
        enter_jail(limits);
        status = work();
    } catch (const std::bad_alloc&) {
        ::_exit(no_memory_status);
    } catch (...) {
        std::fflush(stdout);
        std::fputs(("retromod: " + failure_sentence() + "\n").c_str(), stderr);
        status = 1;
    }
    std::fflush(nullptr);
    ::_exit(status);
}

struct Death {
    int signal;
    std::string_view reason;
};

constexpr std::array deaths = {
    Death{SIGXCPU, "it used up its time on the CPU"},
    Death{SIGSYS, "it made a system call that the jail forbids"},
    Death{SIGABRT, "it aborted"},
    Death{SIGSEGV, "it crashed (segmentation fault)"},
    Death{SIGBUS, "it crashed (bus error: the disk may be full)"},
    Death{SIGILL, "it crashed (illegal instruction)"},
    Death{SIGFPE, "it crashed (arithmetic)"},
};

std::string death_reason(int signal)
{
    for (const auto& death : deaths)
        if (death.signal == signal) return std::string(death.reason);
    return fmt::format("it was killed (signal {})", signal);
}

int wait_for(pid_t child)
{
    int status = 0;
    while (::waitpid(child, &status, 0) < 0)
        if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "the jailed process is lost");
    return status;
}

JailResult run_once(const JailLimits& limits, const std::function<int()>& work)
{
    std::fflush(nullptr); // else both of us would write it
    sigset_t interrupt, before;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    sigprocmask(SIG_BLOCK, &interrupt, &before); // until both know who they are
    signal_handler = nullptr;
    set_handler(told_signal, signalled);
    const auto parent = ::getpid();
    const auto child = ::fork();
    if (child < 0) {
        sigprocmask(SIG_SETMASK, &before, nullptr);
        throw std::system_error(errno, std::generic_category(), "cannot start the jailed process");
    }
    if (child == 0) be_the_child(limits, parent, work);
    jailed = child;
    sigprocmask(SIG_SETMASK, &before, nullptr);
    const int status = wait_for(child);
    jailed = 0;
    if (WIFSIGNALED(status)) return {true, WTERMSIG(status), death_reason(WTERMSIG(status))};
    if (WEXITSTATUS(status) == no_memory_status)
        return {true, 0, fmt::format("it used up its memory ({} MB)", limits.memory_bytes >> 20)};
    return {false, WEXITSTATUS(status), {}};
}

} // namespace

JailResult run_in_jail(const JailLimits& limits, const std::function<int()>& work)
{
    auto result = run_once(limits, work);
    while (limits.again && limits.again()) result = run_once(limits, work);
    return result;
}

void enter_jail(const JailLimits& limits)
{
    limit(RLIMIT_CORE, 0, 0);
    limit(RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + 1);
    limit_address_space(limits);
    enter_jail_filter(limits.files);
}

void guest_may_run(const JailLimits& limits)
{
    if (limits.files == JailFiles::none) close_jail_files();
}

bool signal_jailed() noexcept
{
    const auto child = jailed;
    return child && ::kill(child, told_signal) == 0;
}

void kill_jailed() noexcept
{
    if (const auto child = jailed) ::kill(child, SIGKILL);
}

void on_jail_signal(void (*handler)()) { signal_handler = handler; }

} // namespace retromod
