// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"

namespace retromod {

/// A struct socket within its inode, without a struct sock; NULL without memory. Source: sock_alloc of net/socket.c.
GuestAddr sock_alloc(Kernel& kernel);

} // namespace retromod
