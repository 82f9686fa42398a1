// SPDX-License-Identifier: GPL-2.0-or-later
// linux/netfilter_ipv4/ip_conntrack.h and ip_nat.h of kernels that have them built in: helpers register. No packet comes.
// Source: net/ipv4/netfilter/{ip_conntrack_core,ip_nat_helper}.c of 2.4.
#include "emu/exports/answers.h"
#include "emu/kernel/export_choice.h"
#include "emu/kernel/kernel.h"

namespace retromod {
namespace {

/// Helpers of connection tracking and of address translation, by their object; fixed format.
struct HelperRow {
    static constexpr std::string_view table_name = "conntrack_helpers";
    static constexpr std::uint32_t table_capacity = 256;
    std::uint32_t used;
    std::uint32_t nat;
    std::uint64_t object;
};

HelperRow* find_helper(Kernel& kernel, std::uint32_t nat, GuestAddr object)
{
    return kernel.machine().table<HelperRow>().find_if(
        [&](const HelperRow& row) { return row.nat == nat && row.object == object.value; });
}

/// EBUSY for a helper that is there.
template <std::uint32_t nat>
std::int32_t register_helper(Kernel& kernel, GuestAddr object)
{
    if (find_helper(kernel, nat, object)) return error_code(kernel, Errno::ebusy);
    kernel.machine().table<HelperRow>().insert_or_throw() = {1, nat, object.value};
    return 0;
}
template <std::uint32_t nat>
void unregister_helper(Kernel& kernel, GuestAddr object)
{
    if (auto* row = find_helper(kernel, nat, object)) kernel.machine().table<HelperRow>().erase(*row);
}

constexpr Export functions[] = {
    init<register_helper<0>>("ip_conntrack_helper_register", where_listed),
    full<unregister_helper<0>>("ip_conntrack_helper_unregister", where_listed),
    init<register_helper<1>>("ip_nat_helper_register", where_listed),
    full<unregister_helper<1>>("ip_nat_helper_unregister", where_listed),
    inert<refuse<Errno::eperm, GuestAddr, GuestAddr>>("ip_conntrack_expect_related", where_listed),
    inert<refuse<Errno::eperm, GuestAddr, GuestAddr>>("ip_conntrack_change_expect", where_listed),
    inert<do_nothing<GuestAddr>>("ip_conntrack_unexpect_related", where_listed),
    inert<answer<0, GuestAddr, GuestAddr>>("ip_conntrack_alter_reply", where_listed),
    inert<no_object<GuestAddr, GuestAddr>>("ip_conntrack_get", where_listed),
    inert<no_object<std::uint32_t>>("ip_ct_find_proto", where_listed),
    inert<no_object<GuestAddr>>("ip_ct_find_helper", where_listed),
    inert<do_nothing<GuestAddr, GuestAddr>>("ip_ct_iterate_cleanup", where_listed),
    inert<do_nothing<GuestAddr, ULong>>("ip_ct_refresh", where_listed),
    inert<do_nothing<GuestAddr, std::uint32_t, GuestAddr, ULong>>("ip_ct_refresh_acct", where_listed),
    inert<do_nothing<GuestAddr, GuestAddr>>("ip_ct_selective_cleanup", where_listed),
    inert<answer<0, GuestAddr, GuestAddr>>("ip_conntrack_tuple_taken", where_listed),
    inert<no_object<GuestAddr, std::uint32_t>>("ip_ct_gather_frags", where_listed),
    inert<no_object<GuestAddr, GuestAddr>>("ip_conntrack_find_get", where_listed),
    inert<do_nothing<GuestAddr>>("ip_conntrack_put", where_listed),
    inert<answer<0, GuestAddr, ULong, GuestAddr, GuestAddr>>("ip_ct_get_tuple", where_listed),
    inert<answer<0, GuestAddr, GuestAddr>>("invert_tuplepr", where_listed),
    inert<answer<0, GuestAddr>>("ip_conntrack_protocol_register", where_listed),
    inert<do_nothing<GuestAddr>>("ip_conntrack_protocol_unregister", where_listed),
    inert<answer<1, GuestAddr, GuestAddr, std::uint32_t>>("ip_nat_setup_info", where_listed),
    inert<answer<0, GuestAddr, GuestAddr, std::uint32_t, std::uint32_t, std::uint32_t, GuestString, std::uint32_t>>(
        "ip_nat_mangle_tcp_packet", where_listed),
    inert<answer<0, GuestAddr, GuestAddr, std::uint32_t, std::uint32_t, std::uint32_t, GuestString, std::uint32_t>>(
        "ip_nat_mangle_udp_packet", where_listed),
    inert<answer<1, GuestAddr, GuestAddr, std::uint32_t>>("ip_nat_seq_adjust", where_listed),
    inert<answer<0, GuestAddr, std::uint32_t, GuestAddr, GuestAddr, GuestAddr, GuestAddr>>("ip_nat_rule_find", where_listed),
    inert<no_object<GuestAddr>>("ip_nat_helper_find", where_listed),
    inert<answer<0, GuestAddr>>("ip_nat_protocol_register", where_listed),
    inert<do_nothing<GuestAddr>>("ip_nat_protocol_unregister", where_listed),
    inert<answer<0, std::uint32_t, std::uint32_t, std::uint32_t>>("ip_nat_cheat_check", where_listed),
    inert<answer<0, GuestAddr, GuestAddr>>("ip_nat_used_tuple", where_listed),
};

constexpr DataExport data[] = {
    {"ip_conntrack_hash", words<1>, nullptr, where_listed},
    {"ip_conntrack_htable_size", fixed_bytes<4>, nullptr, where_listed},
    {"ip_conntrack_lock", fixed_bytes<8>, nullptr, where_listed},
    {"ip_conntrack_expect_list", words<2>, nullptr, where_listed},
    {"ip_conntrack_destroyed", words<1>, nullptr, where_listed},
    {"ip_conntrack_untracked", fixed_bytes<512>, nullptr, where_listed},
    {"ip_conntrack_module", words<1>, nullptr, where_listed},
};

void tell(RowVisitor& visitor, const HelperRow& row) { visitor.pointer("a helper", row.object); }
constexpr TableKind tables[] = {table<HelperRow, tell>("connection tracking")};

} // namespace

extern const Family net_conntrack{
    .header = "linux/netfilter_ipv4/ip_conntrack.h", .functions = functions, .data = data,
    .keeps = {.tables = tables}};

} // namespace retromod
