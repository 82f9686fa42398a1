// SPDX-License-Identifier: GPL-2.0-or-later
// linux/ethtool.h: what drivers put into their struct ethtool_ops as it is. Source: net/core/ethtool.c of 2.4.27.
#include "emu/exports/answers.h"
#include "emu/exports/net/net_registration.h"
#include "emu/kernel/kernel.h"

namespace retromod {
namespace {

constexpr std::uint64_t scatter_gather = 1, checksum_ipv4 = 2; // NETIF_F_SG, NETIF_F_IP_CSUM
constexpr unsigned no_carrier_bit = 4;                         // __LINK_STATE_NOCARRIER, of net_device.state

GuestStruct device_at(Kernel& kernel, GuestAddr at) { return {kernel, net_device_type(kernel), at}; }

std::uint32_t get_link(Kernel& kernel, GuestAddr at) { return device_at(kernel, at).get("state") >> no_carrier_bit & 1 ? 0 : 1; }

template <std::uint64_t feature>
std::uint32_t get_feature(Kernel& kernel, GuestAddr at)
{
    return device_at(kernel, at).get("features") & feature ? 1 : 0;
}

template <std::uint64_t feature>
std::int32_t set_feature(Kernel& kernel, GuestAddr at, std::uint32_t on)
{
    auto device = device_at(kernel, at);
    const auto others = device.get("features") & ~feature;
    device.set("features", on ? others | feature : others);
    return 0;
}

constexpr Since since_ethtool_ops = from(LayoutVersion::v2_4_37_11);

constexpr Export functions[] = {
    full<get_link>("ethtool_op_get_link", since_ethtool_ops),
    full<get_feature<checksum_ipv4>>("ethtool_op_get_tx_csum", since_ethtool_ops),
    full<set_feature<checksum_ipv4>>("ethtool_op_set_tx_csum", since_ethtool_ops),
    full<get_feature<scatter_gather>>("ethtool_op_get_sg", since_ethtool_ops),
    full<set_feature<scatter_gather>>("ethtool_op_set_sg", since_ethtool_ops),
};

} // namespace

extern const Family linux_ethtool{.header = "linux/ethtool.h", .functions = functions};

} // namespace retromod
