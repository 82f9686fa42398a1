// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/scenario/scenario_memory.h"

#include <algorithm>
#include <string_view>

namespace retromod {

std::span<std::byte> ScenarioMemory::bytes(GuestAddr address, Access access)
{
    for (auto& room : rooms_) {
        const auto offset = address - room.start;
        if (address < room.start || offset >= room.content.size()) continue;
        if (access == Access::write && !room.writable) return {};
        for (const auto& part : room.parts)
            if (offset >= part.from && offset < part.to) return std::span(room.content).subspan(offset, part.to - offset);
        return {};
    }
    return {};
}

ScenarioMemory::Room& ScenarioMemory::add_room(std::uint64_t size, bool writable)
{
    constexpr std::uint64_t page = 4096;
    Room room{next_, std::vector<std::byte>(size), {}, writable};
    next_ += round_up(size, page) + 2 * page;
    rooms_.push_back(std::move(room));
    ++generation_;
    return rooms_.back();
}

GuestAddr ScenarioMemory::add(std::uint64_t size, bool writable) { return add_part(size, 0, size, writable); }

GuestAddr ScenarioMemory::add_part(std::uint64_t size, std::uint64_t from, std::uint64_t to, bool writable)
{
    auto& room = add_room(size, writable);
    if (from < to) room.parts.push_back({from, std::min(to, size)});
    return room.start;
}

GuestAddr ScenarioMemory::add_gap(std::uint64_t size, std::uint64_t from, std::uint64_t to)
{
    auto& room = add_room(size, true);
    if (from) room.parts.push_back({0, std::min(from, size)});
    if (to < size) room.parts.push_back({to, size});
    return room.start;
}

GuestAddr ScenarioMemory::add_text(std::string_view text)
{
    const auto start = add(text.size() + 1);
    std::ranges::copy(std::as_bytes(std::span(text)), room(start).begin());
    return start;
}

std::span<std::byte> ScenarioMemory::room(GuestAddr start)
{
    const auto found = std::ranges::find(rooms_, start, &Room::start);
    return found == rooms_.end() ? std::span<std::byte>() : std::span(found->content);
}

void ScenarioMemory::clear()
{
    rooms_.clear();
    next_ = {first_buffer};
    ++generation_;
}

} // namespace retromod
