// SPDX-License-Identifier: GPL-2.0-or-later
// Networking as modules of 2.2 used it: masquerading, firewalls, routing. No packet comes. Source: net/ipv4/{ip_masq*,ip_fw}.c,
// net/core/firewall.c, drivers/net/slhc.c of 2.2.
#include "emu/exports/answers.h"
#include "emu/exports/fs/proc_entries.h"
#include "emu/kernel/guest_bytes.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/proc_tree.h"
#include "emu/kernel/symbols.h"

namespace retromod {
namespace {

/// Copies a frame into a fresh buffer. Differs from 2.2: no checksum is made on the way; the receiver makes it.
void eth_copy_and_sum(Kernel& kernel, GuestAddr buffer, GuestAddr frame, std::int32_t bytes, std::int32_t)
{
    const auto data = GuestStruct(kernel, "struct sk_buff", buffer).pointer("data");
    copy_bytes(kernel, data, frame, static_cast<std::uint32_t>(bytes));
}

/// struct ip_masq_mod {next, next_reg, mmod_name, refcnt, mmod_nent, mmod_proc_ent, ...}: a word each.
constexpr unsigned name_word = 2, proc_entry_word = 5;

GuestAddr masquerading_folder(Kernel& kernel)
{
    return find_proc_entry(kernel, kernel.symbols().variable("proc_root"), "net/ip_masq");
}
GuestAddr proc_entry_of(Kernel& kernel, GuestAddr mod)
{
    return kernel.memory().load_pointer(mod + proc_entry_word * kernel.arch().word_bytes);
}

/// A module of masquerading shows its own /proc entry, under its name unless the entry has one.
std::int32_t register_ip_masq_mod(Kernel& kernel, GuestAddr mod)
{
    const auto name = mod ? kernel.memory().load_pointer(mod + name_word * kernel.arch().word_bytes) : GuestAddr{};
    if (!name) return error_code(kernel, Errno::einval);
    const auto at = proc_entry_of(kernel, mod);
    if (!at) return 0;
    GuestStruct entry(kernel, "struct proc_dir_entry", at);
    if (!entry.get("name")) {
        entry.set("name", name);
        entry.set("namelen", kernel.memory().load_string(name).size());
    }
    link_proc_entry(kernel, masquerading_folder(kernel), at);
    return 0;
}

std::int32_t unregister_ip_masq_mod(Kernel& kernel, GuestAddr mod)
{
    const auto at = mod ? proc_entry_of(kernel, mod) : GuestAddr{};
    if (!mod) return error_code(kernel, Errno::einval);
    if (at) remove_proc(kernel, "net/ip_masq/" + GuestStruct(kernel, "struct proc_dir_entry", at).string("name"), {});
    return 0;
}

void make_masquerading_folder(Kernel& kernel)
{
    constexpr std::uint64_t directory = 0040555;
    if (kernel.machine().release().is_2_2()) create_proc(kernel, "net/ip_masq", directory, {});
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
    init<register_ip_masq_mod>("register_ip_masq_mod", only_2_2),
    init<unregister_ip_masq_mod>("unregister_ip_masq_mod", only_2_2),
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

extern const Family net_2_2{.header = "net/ of 2.2", .functions = functions, .data = data, .boot = make_masquerading_folder};

} // namespace retromod
