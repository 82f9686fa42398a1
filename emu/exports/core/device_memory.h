// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"

namespace retromod {

/// Maps device memory at a physical address: the address of its first byte, NULL where there is no room. It reads as what the
/// user described, else as all ones.
/// Differs from hardware: what a driver stores there stays there.
GuestAddr map_device_memory(Kernel& kernel, std::uint64_t physical, std::uint64_t bytes);

} // namespace retromod
