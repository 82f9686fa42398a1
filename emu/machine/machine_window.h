// SPDX-License-Identifier: GPL-2.0-or-later
// Where the bytes of a machine are whose guest memory was moved into a window.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace retromod {

/// The bytes of a machine from `offset` on.
struct MachinePart {
    std::uint64_t offset = 0;
    std::span<std::byte> bytes;
};

/// Moves the guest's memory of a machine into a window, where an engine of our own needs it there, the host can do it and the
/// header says nothing impossible.
void move_into_window(std::span<std::byte> mapping);

/// The machine in that mapping, as parts one behind the other: with a window, the header with the tables, the direct map and the
/// vmalloc area; else the whole mapping.
std::vector<MachinePart> machine_parts(std::span<std::byte> mapping);

} // namespace retromod
