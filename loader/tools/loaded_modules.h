// SPDX-License-Identifier: GPL-2.0-or-later
// How many modules a machine has loaded, whatever its release.
#pragma once

#include "loader/api/session.h"

namespace retromod {

/// Modules in the kernel's list; since 2.6 the lines of its /proc/modules. KernelFault and KernelHang where the list is broken.
std::size_t count_loaded_modules(Kernel& kernel);

} // namespace retromod
