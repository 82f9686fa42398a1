// SPDX-License-Identifier: GPL-2.0-or-later
// linux/rtnetlink.h, linux/netlink.h, net/pkt_sched.h, linux/netfilter.h: messages of the kernel to user space, where nobody
// listens, and hooks that packets would pass. Source: net/core/{rtnetlink,netfilter}.c, net/netlink/af_netlink.c,
// net/sched of 2.4.
#include "emu/exports/answers.h"
#include "emu/exports/net/socket_buffer.h"
#include "emu/kernel/clock.h"
#include "emu/kernel/guest_bytes.h"
#include "emu/kernel/kernel.h"

#include <algorithm>
#include <array>
#include <vector>

namespace retromod {
namespace {

constexpr std::uint32_t alignment = 4, attribute_header = 4; // struct rtattr {u16 length, type}
std::uint32_t aligned(std::uint32_t bytes) { return (bytes + alignment - 1) & ~(alignment - 1); }

/// __rta_fill: appends an attribute; its caller has seen that there is room.
void rta_fill(Kernel& kernel, GuestAddr buffer, std::int32_t type, std::int32_t bytes, GuestAddr data)
{
    GuestStruct skb(kernel, "struct sk_buff", buffer);
    const auto length = attribute_header + static_cast<std::uint32_t>(bytes);
    const auto at = skb.pointer("tail");
    skb.set("tail", at + aligned(length));
    skb.set("len", skb.get("len") + aligned(length));
    auto& memory = kernel.memory();
    memory.store<std::uint16_t>(at, static_cast<std::uint16_t>(length));
    memory.store<std::uint16_t>(at + 2, static_cast<std::uint16_t>(type));
    copy_bytes(kernel, at + attribute_header, data, static_cast<std::uint32_t>(bytes));
}

std::int32_t rtattr_parse(Kernel& kernel, GuestAddr table, std::int32_t highest, GuestAddr at, std::int32_t bytes)
{
    auto& memory = kernel.memory();
    const auto word = kernel.arch().word_bytes;
    for (std::int32_t i = 0; i < highest; ++i) memory.store_word(table + static_cast<std::uint32_t>(i) * word, 0);
    while (bytes > 0 && static_cast<std::uint32_t>(bytes) >= attribute_header) {
        const std::uint32_t length = memory.load<std::uint16_t>(at);
        if (length < attribute_header || length > static_cast<std::uint32_t>(bytes)) break;
        const auto type = memory.load<std::uint16_t>(at + 2);
        if (type && type <= highest) memory.store_word(table + (type - 1u) * word, at.value);
        at += aligned(length);
        bytes -= static_cast<std::int32_t>(aligned(length));
    }
    return 0;
}

/// Nobody has joined a group: the message is dropped.
void netlink_broadcast(Kernel& kernel, GuestAddr, GuestAddr buffer, std::uint32_t, std::uint32_t, std::int32_t)
{
    drop_socket_buffer(kernel, buffer);
}
std::int32_t netlink_unicast(Kernel& kernel, GuestAddr, GuestAddr buffer, std::uint32_t, std::int32_t)
{
    drop_socket_buffer(kernel, buffer);
    return error_code(kernel, Errno::econnrefused);
}

/// xrlim_allow: a route's tokens grow with time, up to six messages' worth.
std::int32_t xrlim_allow(Kernel& kernel, GuestAddr entry, std::int32_t timeout)
{
    constexpr std::uint64_t burst = 6; // XRLIM_BURST_FACTOR
    GuestStruct destination(kernel, "struct dst_entry", entry);
    const auto now = kernel.clock().jiffies() & 0xffffffff;
    const auto cost = static_cast<std::uint32_t>(timeout);
    auto tokens = destination.get("rate_tokens") + static_cast<std::uint32_t>(now - destination.get("rate_last"));
    destination.set("rate_last", now);
    tokens = std::min<std::uint64_t>(tokens, burst * cost);
    const bool allowed = tokens >= cost;
    destination.set("rate_tokens", allowed ? tokens - cost : tokens);
    return allowed;
}

/// "10.0.0.1" as an address in network order.
std::uint32_t in_aton(Kernel& kernel, GuestString text)
{
    std::uint32_t bytes[4] = {};
    unsigned part = 0;
    for (const char c : text.text) {
        if (c == '.') {
            if (++part == 4) break;
        } else if (c >= '0' && c <= '9') {
            bytes[part] = bytes[part] * 10 + static_cast<std::uint32_t>(c - '0');
        } else {
            break;
        }
    }
    std::array<std::byte, 4> network{};
    for (unsigned i = 0; i < 4; ++i) network[i] = static_cast<std::byte>(bytes[i]);
    return load<std::uint32_t>(network.data(), kernel.arch().order);
}

/// RTN_*: only 127.0.0.0/8 is ours.
std::uint32_t inet_addr_type(Kernel& kernel, std::uint32_t network_order)
{
    enum : std::uint32_t { unicast = 1, local = 2, broadcast = 3, multicast = 5 };
    std::array<std::byte, 4> bytes{};
    store<std::uint32_t>(bytes.data(), kernel.arch().order, network_order);
    const auto first = static_cast<unsigned>(bytes[0]);
    if (network_order == 0 || first >= 240) return broadcast; // ZERONET, BADCLASS
    if (first >= 224) return multicast;
    return first == 127 ? local : unicast;
}

std::uint32_t secure_sequence(Kernel& kernel, ULong, ULong, std::uint32_t, std::uint32_t)
{
    return static_cast<std::uint32_t>(kernel.clock().jiffies() * 2654435761u);
}

// --- who takes packets that a rule queues ---------------------------------------------------------------------------------

/// One handler a protocol family; fixed format.
struct QueueHandlerRow {
    static constexpr std::string_view table_name = "nf_queue_handlers";
    static constexpr std::uint32_t table_capacity = 32; // NPROTO
    std::uint32_t used;
    std::int32_t family;
    std::uint64_t function, data;
};
QueueHandlerRow* find_handler(Kernel& kernel, std::int32_t family)
{
    return kernel.machine().table<QueueHandlerRow>().find_if([&](const QueueHandlerRow& r) { return r.family == family; });
}
std::int32_t nf_register_queue_handler(Kernel& kernel, std::int32_t family, GuestFunction function, GuestAddr data)
{
    auto* row = find_handler(kernel, family) ? nullptr : kernel.machine().table<QueueHandlerRow>().insert();
    if (!row) return error_code(kernel, Errno::ebusy);
    *row = {1, family, function.address.value, data.value};
    return 0;
}
std::int32_t nf_unregister_queue_handler(Kernel& kernel, std::int32_t family)
{
    if (auto* row = find_handler(kernel, family)) kernel.machine().table<QueueHandlerRow>().erase(*row);
    return 0;
}

constexpr Export functions[] = {
    init<nf_register_queue_handler>("nf_register_queue_handler", since_2_4),
    full<nf_unregister_queue_handler>("nf_unregister_queue_handler", since_2_4),
    full<rta_fill>("__rta_fill"),
    full<rtattr_parse>("rtattr_parse"),
    full<netlink_broadcast>("netlink_broadcast"),
    full<netlink_unicast>("netlink_unicast"),
    full<xrlim_allow>("xrlim_allow", since_2_4),
    inert<answer<1, GuestAddr, std::int32_t>>("xrlim_allow", only_2_2), // its struct dst_entry is not known
    full<in_aton>("in_aton"),
    full<inet_addr_type>("inet_addr_type"),
    init<secure_sequence>("secure_tcp_sequence_number"),
    init<secure_sequence>("secure_tcpv6_sequence_number", since_2_4),
    inert<answer<0, GuestAddr, std::uint32_t, std::int32_t>>("inet_select_addr", since_2_4),
    inert<no_object<std::int32_t>>("inetdev_by_index", since_2_4),
    inert<do_nothing<GuestAddr, GuestAddr, std::int32_t>>("netlink_ack"),
    inert<do_nothing<GuestAddr, std::uint32_t, std::uint32_t, std::int32_t>>("netlink_set_err"),
    inert<refuse<Errno::eunatch, std::int32_t, GuestAddr>>("netlink_post"),
    inert<answer<0, GuestAddr, GuestAddr>>("rtnetlink_put_metrics", since_2_4),
    inert<answer<1, std::int32_t, std::uint32_t, GuestAddr, GuestAddr, GuestAddr>>("nf_hook_slow", since_2_4),
    inert<do_nothing<GuestAddr, GuestAddr, std::uint32_t>>("nf_reinject", since_2_4),
    inert<refuse<Errno::enoprotoopt, GuestAddr, std::int32_t, std::int32_t, GuestAddr, GuestAddr>>("nf_getsockopt", since_2_4),
    inert<refuse<Errno::enoprotoopt, GuestAddr, std::int32_t, std::int32_t, GuestAddr, std::int32_t>>("nf_setsockopt", since_2_4),
    inert<no_object<GuestAddr, GuestAddr>>("qdisc_create_dflt"),
    inert<do_nothing<GuestAddr>>("qdisc_destroy"),
    inert<do_nothing<GuestAddr>>("qdisc_reset"),
    inert<answer<0, GuestAddr>>("qdisc_restart"),
    inert<answer<0, GuestAddr, GuestAddr>>("qdisc_copy_stats", since_2_4),
    inert<no_object<GuestAddr, GuestAddr>>("qdisc_get_rtab"),
    inert<do_nothing<GuestAddr>>("qdisc_put_rtab"),
    inert<do_nothing<GuestAddr>>("qdisc_kill_estimator"),
    inert<answer<0, GuestAddr, GuestAddr>>("qdisc_new_estimator"),
    inert<answer<-1, GuestAddr, GuestAddr>>("tcf_police"),
    inert<do_nothing<GuestAddr>>("tcf_police_destroy"),
    inert<answer<0, GuestAddr, GuestAddr>>("tcf_police_dump"),
    inert<no_object<GuestAddr, GuestAddr>>("tcf_police_locate"),
    inert<refuse<Errno::einval, GuestAddr, std::int32_t, std::int32_t, std::int32_t, GuestAddr>>("put_cmsg"),
    inert<do_nothing<GuestAddr>>("__scm_destroy"),
    inert<refuse<Errno::einval, GuestAddr, GuestAddr, GuestAddr>>("__scm_send"),
    inert<do_nothing<GuestAddr, GuestAddr>>("scm_detach_fds"),
    inert<no_object<GuestAddr>>("scm_fp_dup"),
    inert<refuse<Errno::efault, GuestAddr, std::int32_t, GuestAddr>>("skb_copy_and_csum_datagram_iovec",
                                                                     from(LayoutVersion::v2_4_18_14)),
    inert<do_nothing<GuestAddr, GuestAddr>>("skb_copy_and_csum_dev", from(LayoutVersion::v2_4_18_14)),
    inert<answer<0, GuestAddr, std::int32_t>>("skb_linearize", from(LayoutVersion::v2_4_18_14)),
    inert<no_object<GuestAddr, std::int32_t>>("__pskb_pull_tail", from(LayoutVersion::v2_4_18_14)),
};

constexpr DataExport data[] = {
    {"rtnl", words<1>},
    {"br_handle_frame_hook", words<1>, nullptr, since_2_4},
};

void tell(RowVisitor& visitor, const QueueHandlerRow& row)
{
    visitor.pointer("a queue handler", row.function);
    visitor.pointer("the data of a queue handler", row.data);
}
constexpr TableKind tables[] = {table<QueueHandlerRow, tell>("netfilter")};

} // namespace

extern const Family linux_rtnetlink{
    .header = "linux/rtnetlink.h", .functions = functions, .data = data,
    .keeps = {.tables = tables}};

} // namespace retromod
