// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/guest_addr.h"

namespace retromod {

enum class Access : std::uint8_t { read, write, execute };

/// An access that the guest's memory did not allow.
struct MemoryFault {
    GuestAddr address;
    Access access = Access::read;
    bool mapped = false; ///< the page exists, but its protection forbids the access
};

/// Kernel code met a bad guest pointer outside copy_to_user and copy_from_user. Caught once, where the kernel
/// dispatches, and made an oops; never thrown across an engine's callback.
struct KernelFault {
    MemoryFault fault;
};

} // namespace retromod
