// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace retromod::test {

/// How a traced child ended.
enum class Ending { killed, finished, failed };

/// Runs `body` in a forked child and kills it at the `stop`th entry to or return from a system call, counted from 0:
/// even numbers are entries, where the call has not happened yet. A body that ends before was not killed.
template <class Body>
Ending kill_at_system_call(unsigned stop, Body body)
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

} // namespace retromod::test
