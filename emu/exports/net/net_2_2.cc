// SPDX-License-Identifier: GPL-2.0-or-later
// Networking as modules of 2.2 used it: masquerading, firewalls, routing. No packet comes. Source: net/ipv4/{ip_masq*,ip_fw}.c,
// net/core/firewall.c, drivers/net/slhc.c of 2.2.
#include "emu/exports/answers.h"
#include "emu/kernel/guest_bytes.h"
#include "emu/kernel/kernel.h"

#include <vector>

namespace retromod {
namespace {

/// Copies a frame into a fresh buffer. Differs from 2.2: no checksum is made on the way; the receiver makes it.
void eth_copy_and_sum(Kernel& kernel, GuestAddr buffer, GuestAddr frame, std::int32_t bytes, std::int32_t)
{
    const auto data = GuestStruct(kernel, "struct sk_buff", buffer).pointer("data");
    copy_bytes(kernel, data, frame, static_cast<std::uint32_t>(bytes));
}

constexpr Export functions[] = {
    init<eth_copy_and_sum>("eth_copy_and_sum"),
    inert<refuse<Errno::eopnotsupp, GuestAddr, std::uint32_t, ULong>>("sock_no_fcntl", only_2_2),
    inert<refuse<Errno::eopnotsupp, GuestAddr, GuestAddr>>("sock_no_dup", only_2_2),
    inert<refuse<Errno::enetunreach, GuestAddr, std::uint32_t, std::uint32_t, std::uint32_t>>("ip_route_output", only_2_2),
    inert<no_object<std::int32_t, std::uint32_t, std::uint32_t, std::uint32_t>>("ip_masq_new", only_2_2),
    inert<no_object<GuestAddr, std::int32_t>>("ip_masq_listen", only_2_2),
    inert<do_nothing<GuestAddr>>("ip_masq_put", only_2_2),
    inert<answer<0, GuestAddr, std::int32_t, std::int32_t>>("register_ip_masq_app", only_2_2),
    inert<answer<0, GuestAddr>>("unregister_ip_masq_app", only_2_2),
    inert<answer<0, GuestAddr>>("register_ip_masq_mod", only_2_2),
    inert<answer<0, GuestAddr>>("unregister_ip_masq_mod", only_2_2),
    inert<answer<0, GuestAddr>>("ip_masq_mod_lkp_link", only_2_2),
    inert<answer<0, GuestAddr>>("ip_masq_mod_lkp_unlink", only_2_2),
    inert<answer<2, std::int32_t, GuestAddr, GuestAddr, GuestAddr>>("call_in_firewall", only_2_2),
    inert<answer<2, std::int32_t, GuestAddr, GuestAddr, GuestAddr>>("call_out_firewall", only_2_2),
    inert<answer<2, std::int32_t, GuestAddr, GuestAddr, GuestAddr>>("call_fw_firewall", only_2_2),
    inert<no_object<GuestAddr, GuestAddr, std::int32_t, GuestAddr>>("ip_masq_skb_replace", only_2_2),
    inert<do_nothing<GuestAddr, GuestAddr>>("ip_masq_control_add", only_2_2),
    inert<no_object<std::int32_t, std::uint32_t, std::uint32_t>>("ip_masq_out_get", only_2_2),
    inert<no_object<std::int32_t, std::uint32_t, std::uint32_t>>("ip_masq_in_get", only_2_2),
    inert<no_object<std::int32_t>>("ip_masq_state_name", only_2_2),
    inert<answer<0, GuestAddr, std::uint32_t>>("ip_masq_select_addr", only_2_2),
    inert<refuse<Errno::enetunreach, GuestAddr>>("__ip_finish_output", only_2_2),
    inert<no_object<GuestAddr, GuestAddr, GuestAddr, std::int32_t>>("__neigh_lookup", only_2_2),
    inert<refuse<Errno::enotconn, GuestAddr, std::int32_t, GuestAddr>>("tcp_do_sendmsg", only_2_2),
    inert<answer<1024>>("tcp_good_socknum", only_2_2),
    inert<answer<1024>>("udp_good_socknum", only_2_2),
    inert<do_nothing<GuestAddr>>("tcp_read_wakeup", only_2_2),
    inert<do_nothing<GuestAddr>>("tcp_bucket_unlock", only_2_2),
    inert<do_nothing<GuestAddr>>("destroy_sock", only_2_2),
    inert<do_nothing<GuestAddr>>("__tcp_inc_slow_timer", only_2_2),
    inert<do_nothing<GuestAddr>>("tr_freedev", only_2_2),
    inert<answer<0, GuestAddr, GuestAddr, GuestAddr>>("inet_poll", only_2_2),
    inert<answer<0, GuestAddr>>("dev_loopback_xmit", only_2_2),
    inert<no_object<std::int32_t, std::int32_t>>("slhc_init"),
    inert<do_nothing<GuestAddr>>("slhc_free"),
    inert<answer<0, GuestAddr>>("slhc_toss"),
    inert<answer<0, GuestAddr, GuestAddr, std::int32_t>>("slhc_remember"),
    inert<answer<0, GuestAddr, GuestAddr, std::int32_t>>("slhc_uncompress"),
    inert<answer<0, GuestAddr, GuestAddr, std::int32_t, GuestAddr>>("slhc_compress"),
};

constexpr DataExport data[] = {
    {"ip_id_count", fixed_bytes<4>, nullptr, only_2_2},
    {"rarp_ioctl_hook", words<1>, nullptr, only_2_2},
    {"net_families", words<32>, nullptr, only_2_2},
    {"ip_masq_free_ports", fixed_bytes<12>, nullptr, only_2_2},
    {"ip_masq_m_tab", words<1>, nullptr, only_2_2},
    {"ip_masq_user_hook", words<1>, nullptr, only_2_2},
    {"dev_lockct", fixed_bytes<4>, nullptr, only_2_2},
    {"rtnl_rlockct", fixed_bytes<4>, nullptr, only_2_2},
    {"rtnl_wlockct", fixed_bytes<4>, nullptr, only_2_2},
    {"rtnl_wait", words<1>, nullptr, only_2_2},
    {"tcp_regs", words<1>, nullptr, only_2_2},
    {"tcp_bound_hash", words<1>, nullptr, only_2_2},
    {"tcp_established_hash", words<1>, nullptr, only_2_2},
    {"tcp_listening_hash", words<1>, nullptr, only_2_2},
    {"tcp_slt_array", fixed_bytes<64>, nullptr, only_2_2},
    {"tcp_tw_death_row_slot", fixed_bytes<4>, nullptr, only_2_2},
};

} // namespace

extern const Family net_2_2{.header = "net/ of 2.2", .functions = functions, .data = data};

} // namespace retromod
