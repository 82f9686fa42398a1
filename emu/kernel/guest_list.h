// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"
#include "emu/kernel/trouble.h"

namespace retromod {

/// struct list_head in guest memory: {next, prev}. Source: include/linux/list.h.
namespace guest_list {

constexpr std::size_t walk_limit = 1 << 20;

inline GuestAddr next(Kernel& k, GuestAddr node) { return k.memory().load_pointer(node); }
inline GuestAddr previous(Kernel& k, GuestAddr node) { return k.memory().load_pointer(node + k.arch().word_bytes); }
inline void set_next(Kernel& k, GuestAddr node, GuestAddr value) { k.memory().store_word(node, value.value); }
inline void set_previous(Kernel& k, GuestAddr node, GuestAddr value)
{
    k.memory().store_word(node + k.arch().word_bytes, value.value);
}

inline void init(Kernel& k, GuestAddr head)
{
    set_next(k, head, head);
    set_previous(k, head, head);
}
inline bool empty(Kernel& k, GuestAddr head) { return next(k, head) == head; }
inline void insert(Kernel& k, GuestAddr node, GuestAddr before, GuestAddr after)
{
    set_previous(k, after, node);
    set_next(k, node, after);
    set_previous(k, node, before);
    set_next(k, before, node);
}
inline void add(Kernel& k, GuestAddr node, GuestAddr head) { insert(k, node, head, next(k, head)); }
inline void add_tail(Kernel& k, GuestAddr node, GuestAddr head) { insert(k, node, previous(k, head), head); }
inline void remove(Kernel& k, GuestAddr node)
{
    const auto before = previous(k, node), after = next(k, node);
    set_previous(k, after, before);
    set_next(k, before, after);
}

/// Calls `visit(node)` for each node; the next one is read before the call. Stops when it returns false.
template <class Visit>
void for_each(Kernel& k, GuestAddr head, Visit visit)
{
    std::size_t steps = 0;
    for (auto at = next(k, head); at != head;) {
        if (++steps > walk_limit) throw KernelHang{"a list of the kernel is a circle without its head"};
        const auto here = at;
        at = next(k, at);
        if (!visit(here)) return;
    }
}

} // namespace guest_list
} // namespace retromod
