// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/arch.h"

#include <cstddef>
#include <vector>

namespace retromod {

/// The code at a kernel entry that goes on to `target`, with registers and stack as the caller of the entry left them. At most as
/// long as two entries are apart. Source: the architectures' instruction sets.
std::vector<std::byte> jump_code(const Arch& arch, GuestAddr entry, GuestAddr target);

} // namespace retromod
