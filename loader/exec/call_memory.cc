// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/exec/call_memory.h"

#include <algorithm>

namespace retromod::exec {
namespace {

constexpr std::uint64_t pages_at_once = 16;

} // namespace

bool CallMemory::is_guests(std::uint64_t address, std::uint64_t bytes) const
{
    return address < arch_.task_size.value && bytes <= arch_.task_size.value - address;
}

/// Addresses of their own for so many bytes, from the start of a page on, with a gap behind them.
std::uint64_t CallMemory::reserve(std::uint64_t bytes)
{
    const auto page = arch_.page_bytes;
    const auto start = next_;
    next_ += (bytes + 2 * page - 1) / page * page;
    return start;
}

std::uint64_t CallMemory::buffer(std::uint64_t address, std::uint64_t bytes)
{
    if (address < arch_.task_size.value) return address;
    const auto most = arch_.task_size.value - std::min(arch_.task_size.value, next_ + 2 * arch_.page_bytes);
    if (!bytes || bytes > most / 2) return arch_.word(~std::uint64_t{0}); // faults
    // Whole pages: an engine maps no others for a module's own loads and stores.
    const auto offset = address % arch_.page_bytes;
    const auto whole = (offset + bytes + arch_.page_bytes - 1) / arch_.page_bytes * arch_.page_bytes;
    const auto guest = reserve(whole);
    windows_.push_back({guest, whole, address - offset, {}});
    return guest + offset;
}

std::uint64_t CallMemory::place(std::span<const std::byte> content)
{
    if (content.empty()) return 0;
    const auto guest = reserve(content.size());
    windows_.push_back({guest, content.size(), 0, {content.begin(), content.end()}});
    return guest;
}

std::uint64_t CallMemory::place(const std::string& text)
{
    return place(std::as_bytes(std::span(text.c_str(), text.size() + 1)));
}

std::span<const std::byte> CallMemory::placed(std::uint64_t guest_address) const
{
    for (const auto& window : windows_)
        if (window.guest == guest_address) return window.content;
    return {};
}

/// The window that has bytes in that range.
CallMemory::Window* CallMemory::window_at(std::uint64_t first, std::uint64_t end)
{
    for (auto& window : windows_)
        if (window.guest < end && first < window.guest + window.bytes) return &window;
    return nullptr;
}

CallMemory::Pages CallMemory::fetch(std::uint64_t page, bool to_write)
{
    const auto size = arch_.page_bytes;
    const auto most = to_write ? size : pages_at_once * size;
    const auto* window = window_at(page, page + size);
    auto first = page, end = page + most;
    if (window) {
        first = std::max(page, window->guest);
        end = std::min(end, window->guest + window->bytes);
        if (window->is_ours()) {
            const auto* from = window->content.data() + (first - window->guest);
            return {first, true, {from, from + (end - first)}};
        }
    } else {
        if (!is_guests(page, size)) return {};
        end = std::min(end, arch_.task_size.value);
        while (end > page + size && window_at(page + size, end)) end -= size;
    }
    const auto program = window ? window->program + (first - window->guest) : first;
    Pages found{first, to_write && process_.is_writable(program), std::vector<std::byte>(end - first)};
    found.bytes.resize(process_.read(program, found.bytes));
    return found;
}

void CallMemory::store(std::uint64_t address, std::span<const std::byte> bytes)
{
    auto* window = window_at(address, address + bytes.size());
    if (!window) {
        if (is_guests(address, bytes.size())) process_.write(address, bytes);
        return;
    }
    if (address < window->guest || address + bytes.size() > window->guest + window->bytes) return;
    const auto offset = address - window->guest;
    if (window->is_ours()) std::ranges::copy(bytes, window->content.begin() + static_cast<std::ptrdiff_t>(offset));
    else process_.write(window->program + offset, bytes);
}

} // namespace retromod::exec
