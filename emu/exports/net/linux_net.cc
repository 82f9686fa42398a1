// SPDX-License-Identifier: GPL-2.0-or-later
// linux/net.h, net/protocol.h, linux/netfilter.h, net/pkt_sched.h, linux/rtnetlink.h: protocols and hooks are registered
// and kept; no packet comes to them. Source: net/socket.c, net/netsyms.c, net/core/netfilter.c of 2.4.
#include "emu/exports/family.h"
#include "emu/exports/net/sockets.h"
#include "emu/kernel/devices.h"
#include "emu/kernel/guest_list.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/log.h"
#include "emu/kernel/module_requests.h"
#include "emu/kernel/symbols.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

constexpr std::uint32_t family_limit = 32; // NPROTO
constexpr std::uint32_t family_unix = 1, family_inet = 2, family_netlink = 16, family_packet = 17;

/// What somebody registered, by kind; fixed format.
struct NetRegistrationRow {
    static constexpr std::string_view table_name = "net_registrations";
    static constexpr std::uint32_t table_capacity = 1024;
    enum Kind : std::uint32_t { family, protocol, qdisc, classifier, socket_option };
    std::uint32_t used;
    Kind kind;
    std::uint64_t key;
    std::uint64_t object;
};

NetRegistrationRow* find_row(Kernel& kernel, NetRegistrationRow::Kind kind, std::uint64_t object)
{
    return kernel.machine().table<NetRegistrationRow>().find_if(
        [&](const NetRegistrationRow& r) { return r.kind == kind && r.object == object; });
}
NetRegistrationRow* find_key(Kernel& kernel, NetRegistrationRow::Kind kind, std::uint64_t key)
{
    return kernel.machine().table<NetRegistrationRow>().find_if(
        [&](const NetRegistrationRow& r) { return r.kind == kind && r.key == key; });
}
bool add_row(Kernel& kernel, NetRegistrationRow::Kind kind, std::uint64_t key, GuestAddr object)
{
    auto* row = kernel.machine().table<NetRegistrationRow>().insert();
    if (row) *row = {1, kind, key, object.value};
    return row != nullptr;
}
bool drop_row(Kernel& kernel, NetRegistrationRow::Kind kind, GuestAddr object)
{
    auto* row = find_row(kernel, kind, object.value);
    if (row) kernel.machine().table<NetRegistrationRow>().erase(*row);
    return row != nullptr;
}

// --- protocol families ------------------------------------------------------------------------------------------------

bool kernel_has_family(std::uint64_t family)
{
    return family == family_unix || family == family_inet || family == family_netlink || family == family_packet;
}

std::int32_t sock_register(Kernel& kernel, GuestAddr operations)
{
    const auto family = GuestStruct(kernel, "struct net_proto_family", operations).get("family");
    if (family >= family_limit) {
        kernel.log().write(fmt::format("<2>protocol {} >= NPROTO({})\n", family, family_limit));
        return error_code(kernel, Errno::enobufs);
    }
    if (kernel_has_family(family) || find_key(kernel, NetRegistrationRow::family, family)) return error_code(kernel, Errno::eexist);
    return add_row(kernel, NetRegistrationRow::family, family, operations) ? 0 : error_code(kernel, Errno::enobufs);
}

std::int32_t sock_unregister(Kernel& kernel, std::int32_t family)
{
    if (family < 0 || family >= static_cast<std::int32_t>(family_limit)) return -1;
    if (auto* row = find_key(kernel, NetRegistrationRow::family, static_cast<std::uint64_t>(family)))
        kernel.machine().table<NetRegistrationRow>().erase(*row);
    return 0;
}

/// Where a configuration with IPv6 and more has sk->socket: read off modules of 2.4.18-14 (ip_queue) and of 2.4.27 (ipchains,
/// ipt_ULOG). The measured structure is that of a plain configuration, so a netlink socket carries the pointer at both places.
struct FullConfigurationRow {
    LayoutVersion version;
    std::uint64_t socket_at;
};
constexpr FullConfigurationRow full_configurations[] = {{LayoutVersion::v2_4_18_14, 0x4a0}, {LayoutVersion::v2_4_37_11, 0x510}};
constexpr std::uint64_t full_configuration_bytes = 0x300; ///< of room behind the measured structure

/// A struct socket with its struct sock, tied together; nothing works on them.
GuestAddr make_socket(Kernel& kernel)
{
    GuestStruct socket(kernel, "struct socket", new_struct(kernel, "struct socket"));
    if (!socket.at()) return {};
    GuestStruct sock(kernel, "struct sock", new_struct(kernel, "struct sock", full_configuration_bytes));
    if (!sock.at()) return {};
    socket.set("sk", sock.at());
    sock.set("socket", socket.at());
    for (const auto& row : full_configurations)
        if (row.version == kernel.machine().release().exports)
            kernel.memory().store_word(sock.at() + row.socket_at, socket.at().value);
    return socket.at();
}

Return int_result(Kernel& kernel, std::int32_t value)
{
    return {kernel.arch().word(static_cast<std::uint64_t>(std::int64_t{value}))};
}

Return no_such_family(Kernel& kernel) { return int_result(kernel, error_code(kernel, Errno::eafnosupport)); }

void free_socket(Kernel& kernel, GuestStruct socket)
{
    if (const auto inode = socket.pointer("inode")) {
        kernel.heap().free(inode);
        return;
    }
    if (const auto sock = socket.pointer("sk")) kernel.heap().free(sock);
    kernel.heap().free(socket.at());
}

/// sock_create of a family that a module registered: its `create` makes the struct sock.
Step create_by_family(Kernel& kernel, Frame& frame, GuestAddr operations, std::int32_t type, std::int32_t protocol)
{
    const auto socket = sock_alloc(kernel);
    if (!socket) return int_result(kernel, error_code(kernel, Errno::enfile));
    GuestStruct(kernel, "struct socket", socket).set("type", static_cast<std::uint64_t>(type));
    frame.local<GuestAddr>() = socket;
    frame.phase = 2;
    const auto create = GuestStruct(kernel, "struct net_proto_family", operations).pointer("create");
    return CallGuest{create, {socket.value, kernel.arch().word(static_cast<std::uint64_t>(std::int64_t{protocol}))}, 2, "create"};
}

Step sock_create(Kernel& kernel, Frame& frame, std::int32_t family, std::int32_t type, std::int32_t protocol, GuestAddr result)
{
    if (frame.phase == 2) {
        const auto socket = frame.local<GuestAddr>();
        const auto refused = static_cast<std::int32_t>(frame.result);
        if (refused < 0) free_socket(kernel, GuestStruct(kernel, "struct socket", socket));
        kernel.memory().store_word(result, refused < 0 ? 0 : socket.value);
        return int_result(kernel, std::min(refused, 0));
    }
    if (family < 0 || family >= static_cast<std::int32_t>(family_limit)) return no_such_family(kernel);
    const auto key = static_cast<std::uint64_t>(family);
    const auto* known = find_key(kernel, NetRegistrationRow::family, key);
    if (!known && !kernel_has_family(key) && frame.phase++ == 0) {
        const auto asked = kernel.module_requests().ask(fmt::format("net-pf-{}", family));
        if (asked && *asked) return **asked;
    }
    if (known) return create_by_family(kernel, frame, {known->object}, type, protocol);
    if (!kernel_has_family(key)) return no_such_family(kernel);
    const auto socket = make_socket(kernel);
    if (!socket) return int_result(kernel, error_code(kernel, Errno::enfile));
    kernel.memory().store_word(result, socket.value);
    return Return{0};
}

/// The family's own release first, where the socket has one; 2.2's takes a second argument.
Step sock_release(Kernel& kernel, Frame& frame, GuestAddr at)
{
    const GuestStruct socket(kernel, "struct socket", at);
    const auto operations = socket.pointer("ops");
    if (!frame.phase++ && operations)
        if (const auto release = GuestStruct(kernel, "struct proto_ops", operations).pointer("release"))
            return CallGuest{release, {at.value, 0}, 2, "release"};
    free_socket(kernel, socket);
    return Return{0};
}

GuestAddr netlink_kernel_create(Kernel& kernel, std::int32_t, GuestFunction)
{
    const auto socket = make_socket(kernel);
    return socket ? GuestStruct(kernel, "struct socket", socket).pointer("sk") : GuestAddr{};
}

// --- transport protocols, queueing, classifiers -------------------------------------------------------------------------

void inet_add_protocol(Kernel& kernel, GuestAddr protocol) { add_row(kernel, NetRegistrationRow::protocol, 0, protocol); }
std::int32_t inet_del_protocol(Kernel& kernel, GuestAddr protocol)
{
    return drop_row(kernel, NetRegistrationRow::protocol, protocol) ? 0 : -1;
}

/// struct Qdisc_ops {next, cl_ops, id[16], ...} and struct tcf_proto_ops {next, kind[16], ...}: known by their names.
template <NetRegistrationRow::Kind kind, unsigned name_word>
std::int32_t register_named(Kernel& kernel, GuestAddr operations)
{
    constexpr std::size_t name_bytes = 16;
    const auto name = [&](std::uint64_t at) {
        return kernel.memory().load_string(GuestAddr{at} + name_word * kernel.arch().word_bytes, name_bytes);
    };
    for (const auto& row : kernel.machine().table<NetRegistrationRow>())
        if (row.kind == kind && name(row.object) == name(operations.value)) return error_code(kernel, Errno::eexist);
    return add_row(kernel, kind, 0, operations) ? 0 : error_code(kernel, Errno::enobufs);
}
template <NetRegistrationRow::Kind kind>
std::int32_t unregister_named(Kernel& kernel, GuestAddr operations)
{
    return drop_row(kernel, kind, operations) ? 0 : error_code(kernel, Errno::enoent);
}

// --- netfilter ----------------------------------------------------------------------------------------------------------

constexpr unsigned hooks_per_family = 8; // NF_MAX_HOOKS

/// struct nf_hook_ops {list, hook, pf, hooknum, priority}.
std::int32_t nf_register_hook(Kernel& kernel, GuestAddr operations)
{
    auto& memory = kernel.memory();
    const auto own = 3 * kernel.arch().word_bytes; // behind the list and the function
    const auto family = memory.load<std::uint32_t>(operations + own), hook = memory.load<std::uint32_t>(operations + own + 4);
    const auto priority = memory.load<std::int32_t>(operations + own + 8);
    if (family >= family_limit || hook >= hooks_per_family) throw KernelFault{{operations, Access::read, true}};
    const auto head = kernel.symbols().variable("nf_hooks") + (family * hooks_per_family + hook) * 2 * kernel.arch().word_bytes;
    auto before = head;
    guest_list::for_each(kernel, head, [&](GuestAddr node) {
        if (priority < memory.load<std::int32_t>(node + own + 8)) return false;
        before = node;
        return true;
    });
    guest_list::add(kernel, operations, before);
    return 0;
}

void nf_unregister_hook(Kernel& kernel, GuestAddr operations) { guest_list::remove(kernel, operations); }

/// struct nf_sockopt_ops {list, pf, set_optmin, set_optmax, set, get_optmin, get_optmax, ...}: ranges must not overlap.
std::int32_t nf_register_sockopt(Kernel& kernel, GuestAddr operations)
{
    struct Ranges {
        std::int32_t family, set_min, set_max, get_min, get_max;
    };
    const auto ranges = [&](std::uint64_t object) {
        const auto at = GuestAddr{object} + 2 * kernel.arch().word_bytes;
        const auto& arch = kernel.arch();
        const auto alignment = std::min(arch.word_bytes, arch.largest_scalar_alignment); // of the pointer `set`
        const auto behind = GuestAddr{round_up(at.value + 12, alignment)} + arch.word_bytes;
        auto& m = kernel.memory();
        return Ranges{m.load<std::int32_t>(at), m.load<std::int32_t>(at + 4), m.load<std::int32_t>(at + 8),
                      m.load<std::int32_t>(behind), m.load<std::int32_t>(behind + 4)};
    };
    const auto overlap = [](std::int32_t a, std::int32_t b, std::int32_t c, std::int32_t d) {
        return std::max(a, c) < std::min(b, d);
    };
    const auto fresh = ranges(operations.value);
    for (const auto& row : kernel.machine().table<NetRegistrationRow>()) {
        if (row.kind != NetRegistrationRow::socket_option) continue;
        const auto other = ranges(row.object);
        if (other.family != fresh.family) continue;
        if (!overlap(other.set_min, other.set_max, fresh.set_min, fresh.set_max)
            && !overlap(other.get_min, other.get_max, fresh.get_min, fresh.get_max))
            continue;
        kernel.log().write(fmt::format("nf_sock overlap: {}-{}/{}-{} v {}-{}/{}-{}\n", other.set_min, other.set_max, other.get_min,
                               other.get_max, fresh.set_min, fresh.set_max, fresh.get_min, fresh.get_max));
        return error_code(kernel, Errno::ebusy);
    }
    return add_row(kernel, NetRegistrationRow::socket_option, 0, operations) ? 0 : error_code(kernel, Errno::enobufs);
}

void nf_unregister_sockopt(Kernel& kernel, GuestAddr operations)
{
    drop_row(kernel, NetRegistrationRow::socket_option, operations);
}

// --- what protocols fill their proto_ops with ---------------------------------------------------------------------------

template <Errno error>
std::int32_t refuse(Kernel& kernel, GuestAddr) { return error_code(kernel, error); }
std::int32_t sock_no_poll(Kernel&, GuestAddr) { return 0; }

constexpr Export functions[] = {
    init<sock_register>("sock_register"),
    full<sock_unregister>("sock_unregister"),
    init<sock_create>("sock_create"),
    full<sock_release>("sock_release"),
    init<netlink_kernel_create>("netlink_kernel_create"),
    init<inet_add_protocol>("inet_add_protocol"),
    full<inet_del_protocol>("inet_del_protocol"),
    init<inet_add_protocol>("inet_register_protosw", from(LayoutVersion::v2_4_18_14)),
    full<inet_del_protocol>("inet_unregister_protosw", from(LayoutVersion::v2_4_18_14)),
    init<register_named<NetRegistrationRow::qdisc, 2>>("register_qdisc"),
    full<unregister_named<NetRegistrationRow::qdisc>>("unregister_qdisc"),
    init<register_named<NetRegistrationRow::classifier, 1>>("register_tcf_proto_ops"),
    full<unregister_named<NetRegistrationRow::classifier>>("unregister_tcf_proto_ops"),
    init<nf_register_hook>("nf_register_hook", since_2_4),
    full<nf_unregister_hook>("nf_unregister_hook", since_2_4),
    init<nf_register_sockopt>("nf_register_sockopt", since_2_4),
    full<nf_unregister_sockopt>("nf_unregister_sockopt", since_2_4),
    full<refuse<Errno::eopnotsupp>>("sock_no_bind"),
    full<refuse<Errno::eopnotsupp>>("sock_no_connect"),
    full<refuse<Errno::eopnotsupp>>("sock_no_socketpair"),
    full<refuse<Errno::eopnotsupp>>("sock_no_accept"),
    full<refuse<Errno::eopnotsupp>>("sock_no_getname"),
    full<refuse<Errno::eopnotsupp>>("sock_no_ioctl"),
    full<refuse<Errno::eopnotsupp>>("sock_no_listen"),
    full<refuse<Errno::eopnotsupp>>("sock_no_shutdown"),
    full<refuse<Errno::eopnotsupp>>("sock_no_getsockopt"),
    full<refuse<Errno::eopnotsupp>>("sock_no_setsockopt"),
    full<refuse<Errno::eopnotsupp>>("sock_no_sendmsg"),
    full<refuse<Errno::eopnotsupp>>("sock_no_recvmsg"),
    full<refuse<Errno::enodev>>("sock_no_mmap", since_2_4),
    full<refuse<Errno::eopnotsupp>>("sock_no_sendpage", from(LayoutVersion::v2_4_18_14)),
    full<sock_no_poll>("sock_no_poll"),
};

void init_hooks(Kernel& kernel, GuestAddr at)
{
    for (unsigned i = 0; i < family_limit * hooks_per_family; ++i) guest_list::init(kernel, at + i * 2 * kernel.arch().word_bytes);
}

std::uint64_t one_word(Kernel& kernel) { return kernel.arch().word_bytes; }

constexpr DataExport data[] = {
    {"nf_hooks", [](Kernel& kernel) -> std::uint64_t { return family_limit * hooks_per_family * 2 * kernel.arch().word_bytes; },
     init_hooks, since_2_4},
    {"rtnetlink_links", [](Kernel& kernel) -> std::uint64_t { return family_limit * kernel.arch().word_bytes; }},
    {"psched_time_base", [](Kernel&) -> std::uint64_t { return 8; }},
    {"psched_time_mark", one_word},
    {"noop_qdisc", [](Kernel&) -> std::uint64_t { return 256; }},
    {"pfifo_qdisc_ops", [](Kernel&) -> std::uint64_t { return 128; }},
    {"dlci_ioctl_hook", one_word},
    {"vlan_ioctl_hook", one_word, nullptr, from(LayoutVersion::v2_4_18_14)},
    {"br_ioctl_hook", one_word, nullptr, since_2_4},
};

void tell(RowVisitor& visitor, const NetRegistrationRow& row) { visitor.pointer("what a module registered", row.object); }
constexpr TableKind tables[] = {table<NetRegistrationRow, tell>("network protocols")};

} // namespace

extern const Family linux_net{.header = "linux/net.h", .functions = functions, .data = data, .keeps = {.tables = tables}};

} // namespace retromod
