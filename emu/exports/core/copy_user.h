// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/exports/family.h"

namespace retromod {

/// Copies whatever the addresses allow, after the caller's access_ok; what could not be read is zeroed in the
/// destination. Returns the bytes not copied.
ULong copy_user(Kernel& kernel, GuestAddr to, GuestAddr from, ULong bytes);

/// Zeroes whatever the address allows, after the caller's access_ok. Returns the bytes not zeroed.
ULong clear_user_memory(Kernel& kernel, GuestAddr to, ULong bytes);

/// The length of a string with its NUL; 0 for a bad address, more than `limit` when there is no NUL within it.
Long strnlen_user(Kernel& kernel, GuestAddr text, Long limit);
Long strlen_user(Kernel& kernel, GuestAddr text);
/// Copies a string: its length without the NUL, `limit` when there is no NUL within it, -EFAULT for a bad address.
Long strncpy_from_user(Kernel& kernel, GuestAddr to, GuestAddr from, Long limit);

/// The same after the caller's access_ok: any address that can be read will do.
Long strnlen_user_unchecked(Kernel& kernel, GuestAddr text, Long limit);
Long strlen_user_unchecked(Kernel& kernel, GuestAddr text);
Long strncpy_from_user_unchecked(Kernel& kernel, GuestAddr to, GuestAddr from, Long limit);

} // namespace retromod
