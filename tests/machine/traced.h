// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <iterator>

namespace retromod::test {

/// How a traced child ended.
enum class Ending { killed, finished, failed };

/// Forks a child that runs `body` under our eyes, stopped before its first step. Its exit status: 0, or 99 when it threw.
template <class Body>
::pid_t start_traced(Body body)
{
    const auto child = ::fork();
    if (child == 0) {
        ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
        ::raise(SIGSTOP);
        try {
            body();
        } catch (...) {
            ::_exit(99);
        }
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ::ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_EXITKILL);
    return child;
}

/// Runs `body` in a forked child and kills it at the `stop`th entry to or return from a system call, counted from 0:
/// even numbers are entries, where the call has not happened yet. A body that ends before was not killed.
template <class Body>
Ending kill_at_system_call(unsigned stop, Body body)
{
    const auto child = start_traced(body);
    int status = 0;
    for (unsigned seen = 0;; ++seen) {
        ::ptrace(PTRACE_SYSCALL, child, nullptr, nullptr);
        ::waitpid(child, &status, 0);
        if (WIFEXITED(status)) return WEXITSTATUS(status) == 0 ? Ending::finished : Ending::failed;
        if (WIFSIGNALED(status)) return Ending::failed;
        if (seen < stop) continue;
        ::kill(child, SIGKILL);
        ::waitpid(child, &status, 0);
        return Ending::killed;
    }
}

#ifdef __x86_64__

/// What became of a child of which one system call failed.
struct Failure {
    Ending ending;        ///< finished, or failed: the body threw
    bool injected = false;
};

/// Whether a system call of that number (x86-64) works on files or their memory, so that the host may refuse it.
inline bool works_on_files(long number)
{
    constexpr long calls[] = {SYS_open, SYS_openat, SYS_fstat, SYS_newfstatat, SYS_lseek, SYS_mmap, SYS_madvise, SYS_pread64,
                              SYS_pwrite64, SYS_pwritev, SYS_read, SYS_write, SYS_fdatasync, SYS_fsync, SYS_ftruncate,
                              SYS_fallocate, SYS_rename, SYS_renameat2, SYS_unlink, SYS_fcntl, SYS_flock, SYS_ioctl};
    return std::find(std::begin(calls), std::end(calls), number) != std::end(calls);
}

/// Runs `body` in a forked child whose `nth` system call that works on files, counted from 0, fails with `error` and does
/// nothing.
template <class Body>
Failure fail_system_call(unsigned nth, int error, Body body)
{
    const auto child = start_traced(body);
    Failure failure{Ending::failed};
    unsigned seen = 0;
    for (bool entry = true, inject = false;; entry = !entry) {
        int status = 0;
        ::ptrace(PTRACE_SYSCALL, child, nullptr, nullptr);
        ::waitpid(child, &status, 0);
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0) failure.ending = Ending::finished;
        if (WIFSIGNALED(status)) failure.ending = Ending::killed;
        if (!WIFSTOPPED(status)) return failure;
        user_regs_struct registers{};
        ::ptrace(PTRACE_GETREGS, child, nullptr, &registers);
        if (entry) {
            // Memory without a file is the allocator's: a sanitizer's own dies without it.
            const bool allocates = registers.orig_rax == SYS_mmap && static_cast<int>(registers.r8) < 0;
            inject = !allocates && works_on_files(static_cast<long>(registers.orig_rax)) && seen++ == nth;
            if (inject) registers.orig_rax = static_cast<unsigned long long>(-1); // no call of that number: nothing is done
        } else if (inject) {
            registers.rax = static_cast<unsigned long long>(-error);
            failure.injected = true;
        }
        if (inject) ::ptrace(PTRACE_SETREGS, child, nullptr, &registers);
    }
}

#endif

} // namespace retromod::test
