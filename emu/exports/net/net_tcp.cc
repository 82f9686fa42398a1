// SPDX-License-Identifier: GPL-2.0-or-later
// net/tcp.h, net/udp.h, net/inet_common.h: what other protocols share with TCP and UDP over IPv4. No connection is made.
// Source: net/ipv4/{tcp,udp,af_inet}*.c of 2.4.
#include "emu/exports/answers.h"
#include "emu/kernel/kernel.h"

namespace retromod {
namespace {

constexpr Export functions[] = {
    inert<no_object<GuestAddr, std::int32_t, GuestAddr>>("tcp_accept"),
    inert<no_object<>>("tcp_bucket_create"),
    inert<no_object<GuestAddr, GuestAddr, GuestAddr, GuestAddr>>("tcp_check_req"),
    inert<answer<0, GuestAddr, GuestAddr, GuestAddr>>("tcp_child_process", since_2_4),
    inert<do_nothing<GuestAddr>>("tcp_clear_xmit_timers"),
    inert<do_nothing<GuestAddr>>("tcp_init_xmit_timers"),
    inert<do_nothing<GuestAddr>>("tcp_delete_keepalive_timer", since_2_4),
    inert<do_nothing<GuestAddr>>("tcp_destroy_sock", since_2_4),
    inert<do_nothing<GuestAddr>>("tcp_put_port", since_2_4),
    inert<do_nothing<GuestAddr>>("tcp_unhash", since_2_4),
    inert<do_nothing<GuestAddr>>("tcp_simple_retransmit"),
    inert<do_nothing<GuestAddr>>("tcp_timewait_kill", since_2_4),
    inert<do_nothing<GuestAddr>>("tcp_tw_deschedule", since_2_4),
    inert<do_nothing<GuestAddr>>("tcp_write_space"),
    inert<do_nothing<GuestAddr>>("tcp_cwnd_application_limited", since_2_4),
    inert<do_nothing<GuestAddr>>("__tcp_mem_reclaim", since_2_4),
    inert<do_nothing<GuestAddr>>("tcp_listen_wlock", since_2_4),
    inert<do_nothing<GuestAddr>>("cleanup_rbuf", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<do_nothing<GuestAddr, ULong>>("tcp_close"),
    inert<do_nothing<GuestAddr, ULong>>("tcp_reset_keepalive_timer", since_2_4),
    inert<refuse<Errno::enetunreach, GuestAddr, GuestAddr>>("tcp_connect"),
    inert<no_object<GuestAddr, GuestAddr, GuestAddr>>("tcp_create_openreq_child"),
    inert<answer<0, GuestAddr, std::int32_t>>("tcp_disconnect", since_2_4),
    inert<refuse<Errno::enoprotoopt, GuestAddr, std::int32_t, std::int32_t, GuestAddr, GuestAddr>>("tcp_getsockopt"),
    inert<refuse<Errno::enoprotoopt, GuestAddr, std::int32_t, std::int32_t, GuestAddr, std::int32_t>>("tcp_setsockopt"),
    inert<do_nothing<GuestAddr, GuestAddr>>("tcp_inherit_port", since_2_4),
    inert<refuse<Errno::enotty, GuestAddr, std::int32_t, ULong>>("tcp_ioctl"),
    inert<no_object<GuestAddr, GuestAddr, GuestAddr>>("tcp_make_synack"),
    inert<do_nothing<GuestAddr, GuestAddr, std::int32_t>>("tcp_parse_options"),
    inert<answer<0, GuestAddr, GuestAddr, GuestAddr>>("tcp_poll"),
    inert<answer<0, GuestAddr, GuestAddr, GuestAddr, std::uint32_t>>("tcp_rcv_established"),
    inert<answer<0, GuestAddr, GuestAddr, GuestAddr, std::uint32_t>>("tcp_rcv_state_process"),
    inert<answer<0, GuestAddr, GuestAddr, GuestAddr>>("tcp_read_sock", from(LayoutVersion::v2_4_18_14)),
    inert<refuse<Errno::enotconn, GuestAddr, GuestAddr, std::int32_t, std::int32_t, std::int32_t>>("tcp_recvmsg"),
    inert<refuse<Errno::enotconn, GuestAddr, GuestAddr, std::int32_t>>("tcp_sendmsg", since_2_4),
    inert<refuse<Errno::enotconn, GuestAddr, GuestAddr, std::int32_t, ULong>>("tcp_sendpage", from(LayoutVersion::v2_4_18_14)),
    inert<do_nothing<GuestAddr, std::int32_t>>("tcp_shutdown"),
    inert<answer<0, GuestAddr, std::uint32_t>>("tcp_sync_mss"),
    inert<answer<0, GuestAddr, GuestAddr, GuestAddr, std::uint32_t>>("tcp_timewait_state_process"),
    inert<refuse<Errno::enosys, GuestAddr, GuestAddr>>("tcp_v4_conn_request"),
    inert<refuse<Errno::enetunreach, GuestAddr, GuestAddr, std::int32_t>>("tcp_v4_connect"),
    inert<answer<0, GuestAddr, GuestAddr>>("tcp_v4_do_rcv"),
    inert<no_object<std::uint32_t, std::uint32_t, std::uint32_t, std::int32_t>>("tcp_v4_lookup_listener", since_2_4),
    inert<refuse<Errno::enetunreach, GuestAddr>>("tcp_v4_rebuild_header"),
    inert<answer<0, GuestAddr>>("tcp_v4_remember_stamp", since_2_4),
    inert<do_nothing<GuestAddr, GuestAddr, std::int32_t, GuestAddr>>("tcp_v4_send_check"),
    inert<no_object<GuestAddr, GuestAddr, GuestAddr, GuestAddr>>("tcp_v4_syn_recv_sock"),
    inert<answer<0, GuestAddr, std::int32_t>>("tcp_write_xmit"),
    inert<answer<0, GuestAddr>>("tcp_write_wakeup"),
    inert<refuse<Errno::enetunreach, GuestAddr, GuestAddr, std::int32_t>>("udp_connect"),
    inert<answer<0, GuestAddr, std::int32_t>>("udp_disconnect", since_2_4),
    inert<refuse<Errno::enotty, GuestAddr, std::int32_t, ULong>>("udp_ioctl"),
    inert<refuse<Errno::enetunreach, GuestAddr, GuestAddr, std::int32_t>>("udp_sendmsg"),
    inert<refuse<Errno::einval, GuestAddr, GuestAddr, std::int32_t>>("inet_accept"),
    inert<refuse<Errno::enetunreach, GuestAddr, GuestAddr, std::int32_t, std::int32_t>>("inet_dgram_connect"),
    inert<refuse<Errno::enetunreach, GuestAddr, GuestAddr, std::int32_t, std::int32_t>>("inet_stream_connect"),
    inert<refuse<Errno::enoprotoopt, GuestAddr, std::int32_t, std::int32_t, GuestAddr, GuestAddr>>("inet_getsockopt"),
    inert<refuse<Errno::enoprotoopt, GuestAddr, std::int32_t, std::int32_t, GuestAddr, std::int32_t>>("inet_setsockopt"),
    inert<refuse<Errno::einval, GuestAddr, std::int32_t>>("inet_listen"),
    inert<refuse<Errno::enotconn, GuestAddr, GuestAddr, std::int32_t, std::int32_t, GuestAddr>>("inet_recvmsg"),
    inert<refuse<Errno::enotconn, GuestAddr, GuestAddr, std::int32_t, GuestAddr>>("inet_sendmsg"),
    inert<answer<0, GuestAddr>>("inet_release"),
    inert<answer<0, GuestAddr>>("inet_sock_release", since_2_4),
    inert<refuse<Errno::enotconn, GuestAddr, std::int32_t>>("inet_shutdown"),
    inert<do_nothing<GuestAddr>>("inet_sock_destruct", since_2_4),
};

constexpr DataExport data[] = {
    {"tcp_prot", [](Kernel& kernel) -> std::uint64_t { return kernel.layouts().size("struct proto"); }},
    {"udp_prot", [](Kernel& kernel) -> std::uint64_t { return kernel.layouts().size("struct proto"); }},
    {"tcp_hashinfo", fixed_bytes<128>, nullptr, since_2_4},
    {"tcp_openreq_cachep", words<1>},
    {"tcp_timewait_cachep", words<1>, nullptr, since_2_4},
    {"tcp_port_rover", fixed_bytes<4>, nullptr, since_2_4},
    {"tcp_sockets_allocated", fixed_bytes<4>, nullptr, since_2_4},
    {"tcp_statistics", fixed_bytes<512>},
    {"ip_statistics", fixed_bytes<512>},
    {"net_statistics", fixed_bytes<512>},
    {"udp_hash", words<128>},
    {"udp_port_rover", fixed_bytes<4>, nullptr, since_2_4},
    {"inet_dgram_ops", [](Kernel& kernel) -> std::uint64_t { return kernel.layouts().size("struct proto_ops"); }},
    {"inet_stream_ops", [](Kernel& kernel) -> std::uint64_t { return kernel.layouts().size("struct proto_ops"); }},
    {"ipv4_specific", fixed_bytes<64>},
    {"ipv4_config", fixed_bytes<16>},
    {"sysctl_local_port_range", fixed_bytes<8>,
     [](Kernel& kernel, GuestAddr at) {
         kernel.memory().store<std::uint32_t>(at, 1024);
         kernel.memory().store<std::uint32_t>(at + 4, 4999);
     },
     since_2_4},
    {"sysctl_tcp_ecn", fixed_bytes<4>, nullptr, since_2_4},
    {"sysctl_tcp_reordering", fixed_bytes<4>, [](Kernel& kernel, GuestAddr at) { kernel.memory().store<std::uint32_t>(at, 3); },
     since_2_4},
    {"sysctl_tcp_rmem", fixed_bytes<12>, nullptr, since_2_4},
    {"sysctl_tcp_wmem", fixed_bytes<12>, nullptr, since_2_4},
    {"sysctl_max_syn_backlog", fixed_bytes<4>},
    {"sysctl_ip_default_ttl", fixed_bytes<4>, [](Kernel& kernel, GuestAddr at) { kernel.memory().store<std::uint32_t>(at, 64); },
     since_2_4},
};

} // namespace

extern const Family net_tcp{.header = "net/tcp.h", .functions = functions, .data = data};

} // namespace retromod
