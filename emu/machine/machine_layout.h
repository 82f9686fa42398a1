// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/arch.h"

#include <cstdint>
#include <optional>
#include <string>

namespace retromod {

/// Where the parts of a machine's mapping lie, in their order. Offsets in bytes, multiples of machine_part_alignment.
/// The header comes first, then the table directory in the rest of the first parts_start bytes.
struct MachineLayout {
    std::uint64_t frames_offset = 0;        ///< a byte per page of the direct map
    std::uint64_t vmalloc_pages_offset = 0; ///< a byte per page of the vmalloc window
    std::uint64_t tables_offset = 0;        ///< rows of the host's tables
    std::uint64_t tables_end = 0;
    std::uint64_t direct_offset = 0;
    std::uint64_t vmalloc_offset = 0;
    std::uint64_t total_bytes = 0;
};

/// A multiple of the page of every guest and host.
constexpr std::uint64_t machine_part_alignment = 64 << 10;
/// Row 0 of each table lies at a multiple of it, so that a commit of one table touches no other.
constexpr std::uint64_t machine_row_alignment = 4096;
/// Where the table directory lies.
constexpr std::uint64_t machine_directory_offset = 4096;
/// Room for table rows; never written parts take no disk.
constexpr std::uint64_t machine_tables_bytes = 128 << 20;

/// The layout of a machine with that much direct map and vmalloc window; both must pass guest_windows_problem.
MachineLayout machine_layout(const Arch& arch, std::uint64_t direct_bytes, std::uint64_t vmalloc_bytes);

/// Where the guest's kernel finds its memory.
struct GuestWindows {
    std::uint64_t direct_bytes = 0;
    GuestAddr vmalloc_start;
    std::uint64_t vmalloc_bytes = 0;
};

/// The windows of a machine with `memory_bytes` of memory. VMALLOC_START lies 8 to 16 MB above the memory, as on i386,
/// or at the architecture's own start if that is higher. Not checked.
/// Source: include/asm-i386/pgtable.h of 2.4.37.11 (VMALLOC_START, VMALLOC_OFFSET).
GuestWindows guest_windows(const Arch& arch, std::uint64_t memory_bytes, std::optional<GuestAddr> vmalloc_start);

/// Why a machine cannot have these windows, or nothing when it can.
std::optional<std::string> guest_windows_problem(const Arch& arch, const GuestWindows& windows);

/// Where the kernel image starts in the direct map: arch.kernel_text, or the place in memory that it shows on x86_64; 1 MB
/// into the direct map where the row names no such place.
GuestAddr image_start(const Arch& arch);

} // namespace retromod
