// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/exports/core/notifier_chain.h"
#include "emu/exports/net/net_devices.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/thread.h"

#include <variant>

namespace retromod {

// How network devices come: register_netdevice as a part of the functions that make devices first.

constexpr std::uint64_t dynamic_device = 16; ///< NETIF_F_DYNALLOC, of net_device.features: the kernel frees it

void set_net_device_name(Kernel& kernel, GuestAddr device, std::string_view name);
/// "eth%d" becomes the first free of eth0 .. eth99; the number, or -ENFILE.
std::int32_t allocate_net_device_name(Kernel& kernel, GuestAddr device, std::string_view pattern);
/// Puts an initialized device into the list. 0, or the error.
std::int32_t link_net_device(Kernel& kernel, GuestAddr device, bool diverted);

/// Where a registration is; kept at the start of a frame's state.
struct Registering {
    std::uint32_t phase, diverted;
    NotifierWalk walk;
};

/// register_netdevice as a part of another step function: the result when it is over.
std::variant<std::int32_t, CallGuest> register_net_device_step(Kernel& kernel, const Frame& frame, Registering& state,
                                                               GuestAddr device);

/// Goes on with a registration; `then` makes the step that follows its end.
template <class Then>
Step registering(Kernel& kernel, Frame& frame, GuestAddr device, Then then)
{
    const auto next = register_net_device_step(kernel, frame, frame.local<Registering>(), device);
    if (const auto* call = std::get_if<CallGuest>(&next)) return *call;
    return then(std::get<std::int32_t>(next));
}

/// C's int as a result word.
inline std::uint64_t word_of(std::int32_t value) { return static_cast<std::uint64_t>(static_cast<std::int64_t>(value)); }

} // namespace retromod
