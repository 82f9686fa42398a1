// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/memory/user_memory.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace retromod {

/// User memory of a scenario: buffers that end, begin or have gaps at any byte, so that every way a copy can fail
/// part-way can be described. Inline guest code sees whole pages only.
class ScenarioMemory final : public UserMemory {
public:
    static constexpr std::uint64_t first_buffer = 0x50000000;

    std::span<std::byte> bytes(GuestAddr address, Access access) override;
    std::uint64_t generation() const override { return generation_; }

    /// A buffer of `size` accessible bytes; an unmapped byte follows and precedes it.
    GuestAddr add(std::uint64_t size, bool writable = true);
    /// Room for `size` bytes of which only those in [from, to) are accessible.
    GuestAddr add_part(std::uint64_t size, std::uint64_t from, std::uint64_t to, bool writable = true);
    /// Room for `size` bytes of which those in [from, to) are not accessible.
    GuestAddr add_gap(std::uint64_t size, std::uint64_t from, std::uint64_t to);
    GuestAddr add_text(std::string_view text); ///< with its NUL as the last accessible byte

    /// The bytes of the room at `start`, accessible or not.
    std::span<std::byte> room(GuestAddr start);
    void clear();

private:
    struct Room {
        GuestAddr start;
        std::vector<std::byte> content;
        struct Part {
            std::uint64_t from, to;
        };
        std::vector<Part> parts;
        bool writable = true;
    };
    Room& add_room(std::uint64_t size, bool writable);

    std::vector<Room> rooms_;
    GuestAddr next_{first_buffer};
    std::uint64_t generation_ = 0;
};

} // namespace retromod
