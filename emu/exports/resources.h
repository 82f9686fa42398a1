// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"

namespace retromod {

/// request_resource: puts a struct resource under `root`; false when another is in its way.
bool claim_resource(Kernel& kernel, GuestAddr root, GuestAddr fresh);

} // namespace retromod
