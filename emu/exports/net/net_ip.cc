// SPDX-License-Identifier: GPL-2.0-or-later
// net/ip.h, net/route.h, net/arp.h, net/icmp.h: the way of packets through IPv4. There is no address but the loopback's and
// no route. Source: net/ipv4 of 2.4.
#include "emu/exports/answers.h"
#include "emu/kernel/kernel.h"

namespace retromod {
namespace {

constexpr Export functions[] = {
    inert<refuse<Errno::enetunreach, GuestAddr, GuestAddr>>("ip_route_output_key", since_2_4),
    inert<refuse<Errno::enetunreach, GuestAddr, std::uint32_t, std::uint32_t, std::uint32_t>>("ip_route_input", since_2_4),
    inert<refuse<Errno::enetunreach, GuestAddr>>("ip_route_me_harder", from(LayoutVersion::v2_4_18_14)),
    inert<do_nothing<GuestAddr, std::int32_t, std::int32_t, std::uint32_t>>("icmp_send"),
    inert<no_object<GuestAddr>>("ip_defrag", since_2_4),
    inert<refuse<Errno::enetunreach, GuestAddr, GuestAddr>>("ip_fragment"),
    inert<refuse<Errno::enetunreach, GuestAddr>>("ip_finish_output", since_2_4),
    inert<refuse<Errno::enetunreach, GuestAddr>>("ip_queue_xmit"),
    inert<answer<0, GuestAddr, GuestAddr, GuestAddr>>("ip_rcv"),
    inert<answer<0, GuestAddr, GuestAddr, GuestAddr>>("arp_rcv"),
    inert<do_nothing<GuestAddr, GuestAddr>>("__ip_select_ident", since_2_4),
    inert<refuse<Errno::enodev, std::uint32_t, GuestAddr>>("ip_rt_ioctl", since_2_4),
    inert<refuse<Errno::enodev, std::uint32_t, GuestAddr>>("devinet_ioctl", since_2_4),
    inert<answer<1, GuestAddr, GuestAddr>>("arp_find"),
    inert<do_nothing<std::int32_t, std::int32_t, std::uint32_t, GuestAddr, std::uint32_t>>("arp_send"),
    inert<do_nothing<GuestAddr, GuestAddr>>("ip_cmsg_recv"),
    inert<do_nothing<GuestAddr, std::uint32_t>>("ip_mc_inc_group"),
    inert<do_nothing<GuestAddr, std::uint32_t>>("ip_mc_dec_group"),
    inert<refuse<Errno::enodev, GuestAddr, GuestAddr>>("ip_mc_join_group", from(LayoutVersion::v2_4_18_14)),
    inert<do_nothing<GuestAddr>>("in_dev_finish_destroy", since_2_4),
};

constexpr DataExport data[] = {
    {"arp_broken_ops", fixed_bytes<32>},
    {"arp_tbl", fixed_bytes<256>},
    {"loopback_dev",
     [](Kernel& kernel) -> std::uint64_t {
         return kernel.layouts().size(kernel.layouts().has("struct net_device") ? "struct net_device" : "struct device");
     }},
};

} // namespace

extern const Family net_ip{.header = "net/ip.h", .functions = functions, .data = data};

} // namespace retromod
