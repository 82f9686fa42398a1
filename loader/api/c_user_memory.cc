// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/api/c_user_memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace retromod {
namespace {

constexpr GuestAddr first_mapping{0x20000000};
constexpr std::uint64_t most_bytes = 256 << 20; ///< of one mapping

} // namespace

std::optional<GuestAddr> CUserMemory::map(std::uint64_t bytes, Writable writable)
{
    if (bytes > most_bytes) return std::nullopt;
    // Behind the last one: memory that was given back is used again when nothing lies behind it.
    const auto page = arch_->page_bytes;
    const auto end = mappings_.empty() ? first_mapping : mappings_.back().start + mappings_.back().content.size();
    const GuestAddr start{mappings_.empty() ? first_mapping.value : (end.value + 2 * page - 1) / page * page};
    if (start.value + bytes + page > arch_->task_size.value) return std::nullopt;
    mappings_.push_back({start, std::vector<std::byte>(bytes), writable});
    return start;
}

std::optional<GuestAddr> CUserMemory::map(std::span<const std::byte> content, Writable writable)
{
    const auto start = map(content.size(), writable);
    if (start) std::ranges::copy(content, mappings_.back().content.begin());
    return start;
}

bool CUserMemory::unmap(GuestAddr start)
{
    return std::erase_if(mappings_, [&](const Mapping& mapping) { return mapping.start == start; }) != 0;
}

std::optional<std::span<std::byte>> CUserMemory::bytes(GuestAddr start, std::uint64_t count)
{
    for (auto& mapping : mappings_) {
        if (start.value < mapping.start.value) continue;
        const auto offset = start.value - mapping.start.value;
        if (offset <= mapping.content.size() && count <= mapping.content.size() - offset)
            return std::span(mapping.content).subspan(offset, count);
    }
    return std::nullopt;
}

void CUserMemory::place(BufferedUserMemory& memory) const
{
    memory.clear();
    for (const auto& mapping : mappings_) {
        if (mapping.content.empty()) continue;
        if (!memory.allocate_at(mapping.start, mapping.content.size()))
            throw std::runtime_error(fmt::format("user memory at {:#x} is taken", mapping.start.value));
        std::ranges::copy(mapping.content, memory.buffer(mapping.start, mapping.content.size()).begin());
        if (mapping.writable == Writable::no) memory.protect(mapping.start, mapping.content.size(), Writable::no);
    }
}

void CUserMemory::take_back(BufferedUserMemory& memory)
{
    for (auto& mapping : mappings_)
        if (!mapping.content.empty() && mapping.writable == Writable::yes)
            std::ranges::copy(memory.buffer(mapping.start, mapping.content.size()), mapping.content.begin());
}

std::uint64_t CUserMemory::changeable_bytes() const
{
    std::uint64_t bytes = 0;
    for (const auto& mapping : mappings_)
        if (mapping.writable == Writable::yes) bytes += mapping.content.size();
    return bytes;
}

void CUserMemory::save(std::byte* into) const
{
    for (const auto& mapping : mappings_)
        if (mapping.writable == Writable::yes) into = std::ranges::copy(mapping.content, into).out;
}

void CUserMemory::restore(const std::byte* from)
{
    for (auto& mapping : mappings_) {
        if (mapping.writable == Writable::no) continue;
        std::copy_n(from, mapping.content.size(), mapping.content.begin());
        from += mapping.content.size();
    }
}

} // namespace retromod
