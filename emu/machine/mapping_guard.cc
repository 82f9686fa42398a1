// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/machine/mapping_guard.h"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace retromod {
namespace {

/// A guarded mapping, read by a signal handler: `begin` is set last and cleared first.
struct Row {
    std::atomic<std::uintptr_t> begin = 0, end = 0;
    std::atomic<bool> broken = false;
};
std::array<Row, 64> rows;
std::mutex changing;
struct sigaction before {};

void pass_on(int signal, siginfo_t* info, void* context)
{
    if (before.sa_flags & SA_SIGINFO && before.sa_sigaction) return before.sa_sigaction(signal, info, context);
    if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) return before.sa_handler(signal);
    std::signal(SIGBUS, SIG_DFL); // the access comes again, and ends the process
}

void bus_error(int signal, siginfo_t* info, void* context)
{
    const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
    for (auto& row : rows) {
        if (!row.begin || address < row.begin || address >= row.end) continue;
        const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
        void* at = reinterpret_cast<void*>(address - address % page);
        row.broken = true;
        if (::mmap(at, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == at) return;
    }
    pass_on(signal, info, context);
}

/// Once, when the first mapping is guarded: handlers that were there before are passed what is not ours.
void install()
{
    static const bool installed = [] {
        struct sigaction action {};
        action.sa_sigaction = bus_error;
        action.sa_flags = SA_SIGINFO | SA_NODEFER;
        return ::sigaction(SIGBUS, &action, &before) == 0;
    }();
    (void)installed;
}

} // namespace

MappingGuard::MappingGuard(std::span<std::byte> mapping)
{
    const std::lock_guard guard(changing);
    install();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto& row = rows[i];
        if (row.end) continue;
        row.broken = false;
        row.end = reinterpret_cast<std::uintptr_t>(mapping.data() + mapping.size());
        row.begin = reinterpret_cast<std::uintptr_t>(mapping.data());
        row_ = static_cast<int>(i);
        return;
    }
    throw std::runtime_error("this process has too many machine files open");
}

MappingGuard::~MappingGuard()
{
    if (row_ < 0) return;
    const std::lock_guard guard(changing);
    auto& row = rows[static_cast<std::size_t>(row_)];
    row.begin = 0;
    row.end = 0;
}

MappingGuard::MappingGuard(MappingGuard&& other) noexcept : row_(std::exchange(other.row_, -1)) {}

MappingGuard& MappingGuard::operator=(MappingGuard&& other) noexcept
{
    std::swap(row_, other.row_);
    return *this;
}

bool MappingGuard::is_broken() const { return row_ >= 0 && rows[static_cast<std::size_t>(row_)].broken; }

} // namespace retromod
