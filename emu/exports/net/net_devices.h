// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"

#include <functional>
#include <string>
#include <string_view>

namespace retromod {

// The list of network devices from dev_base on. The objects are the drivers' own.

/// struct net_device, by its name in this release.
std::string_view net_device_type(Kernel& kernel);
std::string net_device_name(Kernel& kernel, GuestAddr device);
/// Calls `visit(device)` for each on the list from dev_base on, until it returns false.
void for_each_net_device(Kernel& kernel, const std::function<bool(GuestAddr)>& visit);
GuestAddr find_net_device(Kernel& kernel, std::string_view name);

/// The text of /proc/net/dev. Differs from 2.4: counters are zeros; the devices' get_stats is not asked.
std::string net_devices_text(Kernel& kernel);

} // namespace retromod
