// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace retromod {

constexpr std::string_view machine_magic = "RETROMOD";
constexpr std::uint32_t machine_endian_mark = 0x01020304;

struct MachineHeader;

/// Checks what must hold before any other field of the header means something: that these are a machine's first bytes,
/// of this format and byte order, and `mapping_bytes` in all. Throws MachineDamaged.
void check_machine_format(const MachineHeader& header, std::uint64_t mapping_bytes);

/// Checks where the parts of a machine lie: the header, the windows and the places of tables. What is counted in it may
/// still be wrong. Reads only. Throws MachineDamaged with what is wrong.
void check_machine_shape(std::span<const std::byte> mapping);

/// Checks every number that a Machine over these bytes relies on: the shape, and the counts. Reads only. Throws
/// MachineDamaged with what is wrong.
void check_machine(std::span<const std::byte> mapping);

} // namespace retromod
