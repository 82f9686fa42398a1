// SPDX-License-Identifier: GPL-2.0-or-later
// Every handler of the process must run on the alternate stack: while emitted code runs, the stack pointer is the guest's.
#include "emu/cpu/i386/i386_signals.h"

#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <new>

namespace retromod {
namespace {

constexpr std::array handled = {SIGSEGV, SIGFPE, SIGILL};

struct Known {
    std::atomic<std::byte*> window{nullptr};
    std::atomic<I386Pages*> pages{nullptr};
};
constexpr std::size_t most_known = 64;
std::array<Known, most_known> known;
std::mutex mutex;
std::array<struct sigaction, 65> before; ///< by signal: the process's own handlers

thread_local I386State* running_state __attribute__((tls_model("initial-exec"))) = nullptr;
thread_local const I386CodeCache* running_cache __attribute__((tls_model("initial-exec"))) = nullptr;

/// A stack for this thread's signals, unless it has one.
struct SignalStack {
    static constexpr std::size_t bytes = 128 << 10;
    void* memory = nullptr;

    SignalStack()
    {
        stack_t current{};
        ::sigaltstack(nullptr, &current);
        constexpr std::size_t enough = 32 << 10;
        if (!(current.ss_flags & SS_DISABLE) && current.ss_size >= enough) return;
        memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) throw std::bad_alloc();
        const stack_t ours{.ss_sp = memory, .ss_flags = 0, .ss_size = bytes};
        ::sigaltstack(&ours, nullptr);
    }
    ~SignalStack()
    {
        if (!memory) return;
        const stack_t none{.ss_sp = nullptr, .ss_flags = SS_DISABLE, .ss_size = 0};
        ::sigaltstack(&none, nullptr);
        ::munmap(memory, bytes);
    }
};

/// Puts what the CPU had into the state, and makes the handler return to where emitted code leaves.
void take_over(I386State& state, const siginfo_t& info, ucontext_t& context)
{
    auto& host = context.uc_mcontext.gregs;
    constexpr int registers[] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI};
    for (std::size_t i = 0; i < std::size(registers); ++i) state.registers[i] = static_cast<std::uint32_t>(host[registers[i]]);
    const auto flags = static_cast<std::uint32_t>(host[REG_EFL]);
    state.flags = static_cast<std::uint8_t>(flags);
    state.overflow = flags >> 11 & 1;
    state.fault = {static_cast<std::uint64_t>(host[REG_RIP]), reinterpret_cast<std::uint64_t>(info.si_addr),
                   static_cast<std::uint64_t>(host[REG_ERR]), static_cast<std::uint32_t>(host[REG_TRAPNO]),
                   static_cast<std::uint32_t>(host[REG_R8]), static_cast<std::uint32_t>(host[REG_R11])};
    state.reason = static_cast<std::uint32_t>(I386Exit::fault);
    host[REG_RIP] = static_cast<greg_t>(state.leave_saved);
    host[REG_RSP] = static_cast<greg_t>(state.host_stack);
    constexpr greg_t direction = 0x400;
    host[REG_EFL] &= ~direction;
}

bool open_for_host(std::byte* address, bool write)
{
    for (auto& row : known) {
        auto* const window = row.window.load(std::memory_order_acquire);
        if (window && address >= window && address < window + (std::uint64_t{1} << 32))
            if (auto* const pages = row.pages.load(std::memory_order_acquire)) return pages->open_for_host(address, write);
    }
    return false;
}

void hand_on(int signal, siginfo_t* info, void* context)
{
    const auto& old = before[static_cast<std::size_t>(signal)];
    if (old.sa_flags & SA_SIGINFO) return old.sa_sigaction(signal, info, context);
    if (old.sa_handler != SIG_DFL && old.sa_handler != SIG_IGN) return old.sa_handler(signal);
    struct sigaction standard = {};
    standard.sa_handler = SIG_DFL;
    ::sigaction(signal, &standard, nullptr); // the instruction runs again, and ends the process
    if (info->si_code <= 0) ::raise(signal); // somebody sent it
}

void on_signal(int signal, siginfo_t* info, void* raw)
{
    const int error = errno;
    auto& context = *static_cast<ucontext_t*>(raw);
    const auto code = static_cast<std::uint64_t>(context.uc_mcontext.gregs[REG_RIP]);
    if (info->si_code > 0 && running_state && running_cache && running_cache->holds(code)) {
        take_over(*running_state, *info, context);
    } else {
        constexpr greg_t error_of_write = 2;
        const bool write = context.uc_mcontext.gregs[REG_ERR] & error_of_write;
        const bool opened = signal == SIGSEGV && info->si_code > 0 && open_for_host(static_cast<std::byte*>(info->si_addr), write);
        if (!opened) hand_on(signal, info, raw);
    }
    errno = error;
}

bool is_ours(const struct sigaction& action) { return (action.sa_flags & SA_SIGINFO) && action.sa_sigaction == on_signal; }

/// Ours before those that the process has by now; theirs are called for what is not ours.
void install()
{
    const std::lock_guard lock(mutex);
    for (const int signal : handled) {
        struct sigaction current;
        ::sigaction(signal, nullptr, &current);
        if (is_ours(current)) continue;
        before[static_cast<std::size_t>(signal)] = current;
        struct sigaction ours = {};
        ours.sa_sigaction = on_signal;
        ours.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
        sigemptyset(&ours.sa_mask);
        ::sigaction(signal, &ours, nullptr);
    }
    for (int signal = 1; signal < 65; ++signal) { // handlers on the current stack would find the guest's
        struct sigaction current;
        if (::sigaction(signal, nullptr, &current) != 0 || (current.sa_flags & SA_ONSTACK)) continue;
        if (!(current.sa_flags & SA_SIGINFO) && (current.sa_handler == SIG_DFL || current.sa_handler == SIG_IGN)) continue;
        current.sa_flags |= SA_ONSTACK;
        ::sigaction(signal, &current, nullptr);
    }
}

} // namespace

I386SignalScope::I386SignalScope(std::byte* window, I386Pages& pages)
{
    install();
    const std::lock_guard lock(mutex);
    for (auto& row : known) {
        if (row.window.load()) continue;
        row.pages.store(&pages);
        row.window.store(window, std::memory_order_release);
        pages_ = &pages;
        return;
    }
    throw std::bad_alloc();
}

I386SignalScope::~I386SignalScope()
{
    const std::lock_guard lock(mutex);
    for (auto& row : known) {
        if (row.pages.load() != pages_) continue;
        row.window.store(nullptr);
        row.pages.store(nullptr);
    }
}

I386SignalRun::I386SignalRun(I386State& state, const I386CodeCache& cache)
    : outer_state_(running_state), outer_cache_(running_cache)
{
    thread_local SignalStack stack;
    static_cast<void>(stack);
    struct sigaction current;
    ::sigaction(SIGSEGV, nullptr, &current);
    if (!is_ours(current)) install(); // a forked process may have taken the handlers away
    running_state = &state;
    running_cache = &cache;
}

I386SignalRun::~I386SignalRun()
{
    running_state = outer_state_;
    running_cache = outer_cache_;
}

} // namespace retromod
