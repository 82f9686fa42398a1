// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"

namespace retromod {

/// alloc_skb: a struct sk_buff in use once, with `bytes` of room; NULL when there is no memory.
GuestAddr make_socket_buffer(Kernel& kernel, std::uint32_t bytes);
/// kfree_skb without the destructor's call: one user less, and the memory back behind the last.
void drop_socket_buffer(Kernel& kernel, GuestAddr buffer);

} // namespace retromod
