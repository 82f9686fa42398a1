// SPDX-License-Identifier: GPL-2.0-or-later
// Where a CPU without instructions for ports sees the port space in its memory.
#pragma once

#include "emu/abi/arch.h"

#include <optional>

namespace retromod {

constexpr std::uint64_t port_space_bytes = 0x10000;

struct PortWindow {
    GuestAddr start;    ///< as kernel code sees it
    GuestAddr physical; ///< as the CPU's bus sees it
};

/// Nothing on machines that have no such window.
std::optional<PortWindow> port_window(const Arch& arch);

/// The port that an address in the window stands for; nothing elsewhere.
std::optional<std::uint16_t> port_at(const Arch& arch, GuestAddr at);

} // namespace retromod
