// SPDX-License-Identifier: GPL-2.0-or-later
// net/neighbour.h, net/dst.h: neighbours and routes as entries. No packet asks for one. Source: net/core/{neighbour,dst}.c
// of 2.4.
#include "emu/exports/answers.h"

namespace retromod {
namespace {

constexpr Export functions[] = {
    inert<no_object<GuestAddr, GuestAddr>>("neigh_parms_alloc"),
    inert<do_nothing<GuestAddr, GuestAddr>>("neigh_parms_release"),
    inert<do_nothing<GuestAddr>>("neigh_table_init"),
    inert<do_nothing<GuestAddr>>("neigh_destroy"),
    inert<answer<0, GuestAddr>>("neigh_table_clear"),
    inert<no_object<GuestAddr, GuestAddr, GuestAddr>>("neigh_lookup", since_2_4),
    inert<refuse<Errno::enobufs, GuestAddr, GuestAddr, GuestAddr>>("neigh_create", since_2_4),
    inert<no_object<GuestAddr, GuestAddr, GuestAddr, GuestAddr>>("neigh_event_ns"),
    inert<answer<0, GuestAddr, GuestAddr>>("neigh_ifdown"),
    inert<refuse<Errno::enetunreach, GuestAddr>>("neigh_connected_output"),
    inert<refuse<Errno::enetunreach, GuestAddr>>("neigh_resolve_output"),
    inert<answer<3000, ULong>>("neigh_rand_reach_time"),
    inert<answer<0, GuestAddr, GuestAddr, std::int32_t, std::int32_t, GuestString>>("neigh_sysctl_register"),
    inert<answer<0, GuestAddr, GuestAddr, std::uint32_t, std::int32_t, std::int32_t>>("neigh_update"),
    inert<answer<0, GuestAddr, GuestAddr>>("__neigh_event_send"),
    inert<no_object<GuestAddr, GuestAddr, GuestAddr, std::int32_t>>("pneigh_lookup"),
    inert<do_nothing<GuestAddr, GuestAddr, GuestAddr>>("pneigh_enqueue"),
    inert<no_object<GuestAddr>>("dst_alloc"),
    inert<do_nothing<GuestAddr>>("dst_destroy"),
    inert<do_nothing<GuestAddr>>("__dst_free"),
};

} // namespace

extern const Family net_neighbour{.header = "net/neighbour.h", .functions = functions};

} // namespace retromod
