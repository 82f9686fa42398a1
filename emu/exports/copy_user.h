// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/exports/family.h"

namespace retromod {

/// Copies whatever the addresses allow, after the caller's access_ok; what could not be read is zeroed in the
/// destination. Returns the bytes not copied.
ULong copy_user(Kernel& kernel, GuestAddr to, GuestAddr from, ULong bytes);

} // namespace retromod
