// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"
#include "emu/kernel/thread.h"

namespace retromod {

/// The guest variable that points to the first struct notifier_block of one of the kernel's own chains ("reboot").
GuestAddr notifier_list(Kernel& kernel, std::string_view name);

/// Sorts `block` into the chain by priority, highest first. Always 0.
std::int32_t add_notifier(Kernel& kernel, GuestAddr list, GuestAddr block);
/// -ENOENT when it is not in the chain.
std::int32_t remove_notifier(Kernel& kernel, GuestAddr list, GuestAddr block);

/// A walk along a chain that calls each block: what a step function keeps in its frame.
struct NotifierWalk {
    GuestAddr next;
    std::uint32_t begun, reserved;
};
/// The next call of notifier_call(block, event, argument); nothing when the chain is over or a block said stop.
std::optional<CallGuest> notify_next(Kernel& kernel, NotifierWalk& walk, GuestAddr list, std::uint64_t event,
                                     std::uint64_t argument, std::uint64_t last_result);

} // namespace retromod
