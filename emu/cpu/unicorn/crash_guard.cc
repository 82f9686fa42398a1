// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/unicorn/crash_guard.h"

#include <array>
#include <csetjmp>
#include <csignal>
#include <unistd.h>
#include <utility>

namespace retromod {
namespace {

constexpr std::array crashes = {SIGABRT, SIGSEGV, SIGILL, SIGFPE};

thread_local sigjmp_buf* landing = nullptr;
std::array<struct sigaction, crashes.size()> before; ///< as they were when the first call was guarded

void pass_on(int signal, siginfo_t* info, void* context)
{
    for (std::size_t i = 0; i < crashes.size(); ++i) {
        if (crashes[i] != signal) continue;
        const auto& old = before[i];
        if (old.sa_flags & SA_SIGINFO && old.sa_sigaction) return old.sa_sigaction(signal, info, context);
        if (old.sa_handler != SIG_DFL && old.sa_handler != SIG_IGN) return old.sa_handler(signal);
    }
    std::signal(signal, SIG_DFL);
    if (info->si_code <= 0) std::raise(signal); // else the instruction runs again, and ends the process
}

void crashed(int signal, siginfo_t* info, void* context)
{
    const bool sent_by_another = info->si_code <= 0 && info->si_pid != ::getpid();
    if (auto* to = sent_by_another ? nullptr : std::exchange(landing, nullptr)) siglongjmp(*to, signal);
    pass_on(signal, info, context);
}

void install()
{
    for (std::size_t i = 0; i < crashes.size(); ++i) {
        struct sigaction action = {};
        action.sa_sigaction = crashed;
        action.sa_flags = SA_SIGINFO | SA_NODEFER;
        struct sigaction old = {};
        ::sigaction(crashes[i], &action, &old);
        if (!(old.sa_flags & SA_SIGINFO) || old.sa_sigaction != crashed) before[i] = old;
    }
}

} // namespace

GuardedCall call_guarded(int (*function)(void*), void* argument)
{
    static thread_local bool installed = false;
    if (!installed) install();
    installed = true;
    sigjmp_buf here;
    const int signal = sigsetjmp(here, 0);
    if (signal) return {signal, 0};
    landing = &here;
    const int result = function(argument);
    landing = nullptr;
    return {0, result};
}

CrashGuardSuspended::CrashGuardSuspended() noexcept : landing_(std::exchange(landing, nullptr)) {}
CrashGuardSuspended::~CrashGuardSuspended() { landing = static_cast<sigjmp_buf*>(landing_); }

std::string_view crash_sentence(int signal)
{
    switch (signal) {
    case SIGABRT: return "it aborted";
    case SIGSEGV: return "it accessed memory that it does not have";
    case SIGILL: return "it made code that this CPU does not have";
    default: return "it failed in arithmetic";
    }
}

} // namespace retromod
