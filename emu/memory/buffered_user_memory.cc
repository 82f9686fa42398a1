// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/memory/buffered_user_memory.h"

#include <algorithm>
#include <cassert>
#include <stdexcept>

namespace retromod {
namespace {

/// Above where programs of the time were linked (0x08048000 on i386, 0x00400000 on MIPS).
constexpr GuestAddr first_buffer{0x10000000};

} // namespace

BufferedUserMemory::BufferedUserMemory(const Arch& arch) : arch_(&arch), next_(first_buffer) {}

std::span<std::byte> BufferedUserMemory::bytes(GuestAddr address, Access)
{
    auto after = buffers_.upper_bound(address.value);
    if (after == buffers_.begin()) return {};
    auto& [start, content] = *--after;
    const auto offset = address.value - start;
    return offset < content.size() ? std::span(content).subspan(offset) : std::span<std::byte>();
}

GuestAddr BufferedUserMemory::allocate(std::uint64_t bytes)
{
    const auto rounded = round_up(std::max<std::uint64_t>(bytes, 1), arch_->page_bytes);
    const auto room = arch_->task_size - next_;
    if (rounded < bytes || room < arch_->page_bytes || rounded > room - arch_->page_bytes)
        throw std::length_error("user memory of the emulated process is used up");
    const auto start = next_;
    buffers_.emplace(start.value, std::vector<std::byte>(rounded));
    next_ += rounded + arch_->page_bytes;
    return start;
}

GuestAddr BufferedUserMemory::place(std::span<const std::byte> content)
{
    const auto start = allocate(content.size());
    std::ranges::copy(content, buffers_.at(start.value).begin());
    return start;
}

GuestAddr BufferedUserMemory::place(std::string_view text)
{
    const auto start = allocate(text.size() + 1);
    std::ranges::copy(std::as_bytes(std::span(text)), buffers_.at(start.value).begin());
    return start;
}

std::span<std::byte> BufferedUserMemory::buffer(GuestAddr start, std::uint64_t bytes)
{
    auto& content = buffers_.at(start.value);
    assert(bytes <= content.size());
    return std::span(content).first(bytes);
}

void BufferedUserMemory::clear()
{
    buffers_.clear();
    next_ = first_buffer;
}

} // namespace retromod
