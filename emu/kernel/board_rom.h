// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/arch.h"

#include <cstdint>

namespace retromod {

/// What the BIOS of the board left in memory below 1 MB at that physical address: on a PC the PCI interrupt routing table ($PIR),
/// 0xff elsewhere.
std::uint8_t board_rom_byte(const Arch& arch, std::uint64_t physical);

} // namespace retromod
