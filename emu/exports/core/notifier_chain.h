// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"
#include "emu/kernel/thread.h"

#include <functional>

namespace retromod {

/// Where one of the kernel's chains begins; fixed format.
struct ChainRow {
    static constexpr std::string_view table_name = "notifier_chains";
    static constexpr std::uint32_t table_capacity = 32;
    std::uint32_t used;
    std::uint32_t reserved;
    std::uint64_t list;
    char name[32];
};

/// The guest variable that points to the first struct notifier_block of one of the kernel's own chains ("reboot").
GuestAddr notifier_list(Kernel& kernel, std::string_view name);

/// Sorts `block` into the chain by priority, highest first. Always 0.
std::int32_t add_notifier(Kernel& kernel, GuestAddr list, GuestAddr block);
/// -ENOENT when it is not in the chain.
std::int32_t remove_notifier(Kernel& kernel, GuestAddr list, GuestAddr block);

/// Calls `visit(block)` for each struct notifier_block of a chain, until it returns false. KernelHang: a circle.
void for_each_notifier(Kernel& kernel, GuestAddr list, const std::function<bool(GuestAddr)>& visit);

/// A walk along a chain that calls each block: what a step function keeps in its frame.
struct NotifierWalk {
    GuestAddr next;
    std::uint32_t begun, reserved;
};
/// The next call of notifier_call(block, event, argument); nothing when the chain is over or a block said stop.
std::optional<CallGuest> notify_next(Kernel& kernel, NotifierWalk& walk, GuestAddr list, std::uint64_t event,
                                     std::uint64_t argument, std::uint64_t last_result);

} // namespace retromod
