// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/exec/process_memory.h"

#include <fmt/format.h>

#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <fstream>

namespace retromod::exec {
namespace {

constexpr std::uint64_t page_bytes = 4096;

/// Calls `copy(address, bytes)` page by page: a transfer that crosses into an unmapped page fails as a whole.
template <class Copy>
std::size_t page_by_page(std::uint64_t address, std::size_t bytes, Copy copy)
{
    std::size_t done = 0;
    while (done < bytes) {
        const auto part = std::min<std::uint64_t>(bytes - done, page_bytes - (address + done) % page_bytes);
        const auto count = copy(address + done, done, part);
        if (count <= 0) break;
        done += static_cast<std::size_t>(count);
        if (static_cast<std::uint64_t>(count) < part) break;
    }
    return done;
}

} // namespace

std::size_t ProcessMemory::read(std::uint64_t address, std::span<std::byte> into) const
{
    iovec local{into.data(), into.size()}, remote{reinterpret_cast<void*>(address), into.size()};
    const auto whole = ::process_vm_readv(thread_, &local, 1, &remote, 1, 0);
    if (whole == static_cast<ssize_t>(into.size())) return into.size();
    return page_by_page(address, into.size(), [&](std::uint64_t at, std::size_t offset, std::size_t bytes) {
        iovec here{into.data() + offset, bytes}, there{reinterpret_cast<void*>(at), bytes};
        return ::process_vm_readv(thread_, &here, 1, &there, 1, 0);
    });
}

std::size_t ProcessMemory::write(std::uint64_t address, std::span<const std::byte> from) const
{
    return page_by_page(address, from.size(), [&](std::uint64_t at, std::size_t offset, std::size_t bytes) {
        iovec here{const_cast<std::byte*>(from.data()) + offset, bytes}, there{reinterpret_cast<void*>(at), bytes};
        return ::process_vm_writev(thread_, &here, 1, &there, 1, 0);
    });
}

std::optional<std::string> ProcessMemory::text(std::uint64_t address, std::size_t limit) const
{
    std::string text;
    std::array<std::byte, page_bytes> page;
    while (text.size() < limit) {
        const auto wanted = std::min<std::uint64_t>(limit - text.size(), page_bytes - (address + text.size()) % page_bytes);
        const auto part = std::span(page).first(wanted);
        const auto found = part.first(read(address + text.size(), part));
        const auto nul = std::ranges::find(found, std::byte{0});
        text.append(reinterpret_cast<const char*>(found.data()), static_cast<std::size_t>(nul - found.begin()));
        if (nul != found.end()) return text;
        if (found.size() < wanted) return std::nullopt;
    }
    return text;
}

bool ProcessMemory::is_writable(std::uint64_t address)
{
    if (!mappings_) read_mappings();
    const auto found = std::ranges::find_if(*mappings_, [&](const Mapping& m) { return address >= m.start && address < m.end; });
    return found != mappings_->end() && found->writable;
}

void ProcessMemory::read_mappings()
{
    mappings_.emplace();
    std::ifstream file(fmt::format("/proc/{}/maps", thread_));
    for (std::string line; std::getline(file, line);) {
        Mapping mapping{};
        char read = 0, write = 0;
        if (std::sscanf(line.c_str(), "%lx-%lx %c%c", &mapping.start, &mapping.end, &read, &write) != 4) continue;
        mapping.writable = write == 'w';
        mappings_->push_back(mapping);
    }
}

} // namespace retromod::exec
