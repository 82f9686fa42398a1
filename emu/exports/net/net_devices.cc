// SPDX-License-Identifier: GPL-2.0-or-later
// The list of network devices. Source: net/core/dev.c, 2.4.
#include "emu/exports/net/net_devices.h"

#include "emu/kernel/guest_struct.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/trouble.h"

#include <fmt/format.h>

namespace retromod {
namespace {

constexpr std::size_t device_limit = 65536;

} // namespace

std::string_view net_device_type(Kernel& kernel)
{
    return kernel.layouts().has("struct net_device") ? "struct net_device" : "struct device";
}

std::string net_device_name(Kernel& kernel, GuestAddr device)
{
    const GuestStruct fields(kernel, net_device_type(kernel), device);
    return kernel.layouts().has("struct net_device") ? fields.text("name") : fields.string("name");
}

void for_each_net_device(Kernel& kernel, const std::function<bool(GuestAddr)>& visit)
{
    const auto base = kernel.symbols().find_variable("dev_base");
    if (!base) return;
    std::size_t steps = 0;
    for (auto at = kernel.memory().load_pointer(*base); at;) {
        if (++steps > device_limit) throw KernelHang{"the list of network devices is a circle"};
        const auto here = at;
        at = GuestStruct(kernel, net_device_type(kernel), at).pointer("next");
        if (!visit(here)) return;
    }
}

GuestAddr find_net_device(Kernel& kernel, std::string_view name)
{
    GuestAddr found;
    for_each_net_device(kernel, [&](GuestAddr device) {
        if (net_device_name(kernel, device) == name) found = device;
        return !found;
    });
    return found;
}

std::string net_devices_text(Kernel& kernel)
{
    std::string text = "Inter-|   Receive                                                |  Transmit\n"
                       " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls "
                       "carrier compressed\n";
    for_each_net_device(kernel, [&](GuestAddr device) {
        const bool counts = GuestStruct(kernel, net_device_type(kernel), device).pointer("get_stats").value != 0;
        text += fmt::format("{:>6}:", net_device_name(kernel, device));
        text += counts ? "       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0 "
                         "         0\n"
                       : " No statistics available.\n";
        return true;
    });
    return text;
}

} // namespace retromod
