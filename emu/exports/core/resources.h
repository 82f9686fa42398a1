// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"

namespace retromod {

/// request_resource: puts a struct resource under `root`; false when another is in its way.
bool claim_resource(Kernel& kernel, GuestAddr root, GuestAddr fresh);

/// __request_region and __release_region: a busy region in the tree that begins at `root`; false when something is in its way.
bool claim_region(Kernel& kernel, GuestAddr root, std::uint64_t first, std::uint64_t count, GuestAddr name);
void give_up_region(Kernel& kernel, GuestAddr root, std::uint64_t first, std::uint64_t count);

} // namespace retromod
