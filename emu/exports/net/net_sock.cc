// SPDX-License-Identifier: GPL-2.0-or-later
// net/sock.h: struct sock as protocols make, fill and give it up. No packet comes to one. Source: net/core/{sock,datagram}.c
// of 2.4.
#include "emu/exports/answers.h"
#include "emu/exports/core/wait_queue.h"
#include "emu/exports/fs/fs_objects.h"
#include "emu/exports/net/socket_buffer.h"
#include "emu/exports/net/sockets.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/thread.h"

namespace retromod {
namespace {

GuestStruct sock_at(Kernel& kernel, GuestAddr at) { return {kernel, "struct sock", at}; }

GuestAddr sk_alloc(Kernel& kernel, std::int32_t family, std::int32_t, std::int32_t zero)
{
    const auto at = kernel.heap().allows(AllocationKind::kmalloc) ? new_struct(kernel, "struct sock") : GuestAddr{};
    if (at && zero && sock_at(kernel, at).has("family")) sock_at(kernel, at).set("family", static_cast<std::uint32_t>(family));
    return at;
}

/// The protocol's destruct is called first.
Step sk_free(Kernel& kernel, Frame& frame, GuestAddr at)
{
    const auto destruct = sock_at(kernel, at).pointer("destruct");
    if (!frame.phase++ && destruct) return CallGuest{destruct, {at.value}, 1, "destruct"};
    kernel.heap().free(at);
    return Return{};
}

/// An empty struct sk_buff_head {next, prev, qlen, lock}: it points to itself.
void init_queue(Kernel& kernel, GuestAddr head)
{
    kernel.memory().store_word(head, head.value);
    kernel.memory().store_word(head + kernel.arch().word_bytes, head.value);
    kernel.memory().store<std::uint32_t>(head + 2 * kernel.arch().word_bytes, 0);
}

void sock_init_data(Kernel& kernel, GuestAddr socket_at, GuestAddr at)
{
    constexpr std::uint64_t default_buffer = 65535, tcp_close = 7; // sysctl_rmem_default, TCP_CLOSE
    auto sock = sock_at(kernel, at);
    for (const auto queue : {"receive_queue", "write_queue", "error_queue"}) init_queue(kernel, sock.address(queue));
    if (sock.has("lock.wq")) init_wait_head(kernel, sock.address("lock.wq"));
    sock.set("rcvbuf", default_buffer);
    sock.set("sndbuf", default_buffer);
    sock.set("state", tcp_close);
    sock.set("zapped", std::uint64_t{1});
    sock.set("socket", socket_at);
    if (socket_at) {
        GuestStruct socket(kernel, "struct socket", socket_at);
        sock.set("type", socket.get("type"));
        sock.set("sleep", socket.address("wait"));
        socket.set("sk", at);
    }
    constexpr std::pair<std::string_view, std::string_view> functions[] = {
        {"state_change", "sock_def_wakeup"}, {"data_ready", "sock_def_readable"}, {"write_space", "sock_def_write_space"},
        {"error_report", "sock_def_error_report"}};
    for (const auto& [member, name] : functions) sock.set(member, function_address(kernel, name));
    constexpr std::uint64_t longest = 0x7fffffff; // MAX_SCHEDULE_TIMEOUT
    sock.set_if_there("rcvlowat", std::uint64_t{1});
    sock.set_if_there("rcvtimeo", longest);
    sock.set_if_there("sndtimeo", longest);
    if (sock.has("refcnt")) set_counter(sock, "refcnt", 1);
}

// --- memory that is charged to a socket ---------------------------------------------------------------------------------

GuestAddr sock_kmalloc(Kernel& kernel, GuestAddr at, std::int32_t bytes, std::int32_t)
{
    constexpr std::int64_t limit = 10240 + 256; // sysctl_optmem_max
    auto sock = sock_at(kernel, at);
    if (bytes < 0 || get_counter(sock, "omem_alloc") + std::int64_t{bytes} > limit) return {};
    const auto block = kernel.heap().allocate(static_cast<std::uint32_t>(bytes));
    if (block) add_counter(sock, "omem_alloc", bytes);
    return block;
}
void sock_kfree_s(Kernel& kernel, GuestAddr at, GuestAddr block, std::int32_t bytes)
{
    auto sock = sock_at(kernel, at);
    kernel.heap().free(block);
    add_counter(sock, "omem_alloc", -bytes);
}

/// The buffer belongs to the socket until its sock_wfree.
GuestAddr charge(Kernel& kernel, GuestAddr at, GuestAddr buffer)
{
    if (!buffer) return {};
    GuestStruct skb(kernel, "struct sk_buff", buffer);
    auto sock = sock_at(kernel, at);
    skb.set("sk", at);
    skb.set("destructor", function_address(kernel, "sock_wfree"));
    add_counter(sock, "wmem_alloc", static_cast<std::int32_t>(skb.get("truesize")));
    add_counter(sock, "refcnt", 1);
    return buffer;
}
void sock_wfree(Kernel& kernel, GuestAddr buffer)
{
    const GuestStruct skb(kernel, "struct sk_buff", buffer);
    const auto owner = skb.pointer("sk");
    if (!owner) return;
    auto sock = sock_at(kernel, owner);
    add_counter(sock, "wmem_alloc", -static_cast<std::int32_t>(skb.get("truesize")));
    add_counter(sock, "refcnt", -1);
}
void sock_rfree(Kernel& kernel, GuestAddr buffer)
{
    const GuestStruct skb(kernel, "struct sk_buff", buffer);
    if (const auto owner = skb.pointer("sk")) {
        auto sock = sock_at(kernel, owner);
        add_counter(sock, "rmem_alloc", -static_cast<std::int32_t>(skb.get("truesize")));
    }
}

/// Differs from 2.4: a socket over its limit is refused at once, where a blocking caller would wait.
GuestAddr sock_wmalloc(Kernel& kernel, GuestAddr at, ULong bytes, std::int32_t force, std::int32_t)
{
    const auto sock = sock_at(kernel, at);
    if (!force && get_counter(sock, "wmem_alloc") >= sock.get_int("sndbuf")) return {};
    return charge(kernel, at, make_socket_buffer(kernel, static_cast<std::uint32_t>(bytes.value)));
}
GuestAddr sock_alloc_send_skb(Kernel& kernel, GuestAddr at, ULong bytes, std::int32_t, GuestAddr error_at)
{
    const auto buffer = sock_wmalloc(kernel, at, bytes, 0, 0);
    if (!buffer) kernel.memory().store<std::int32_t>(error_at, error_code(kernel, Errno::eagain));
    return buffer;
}

// --- receiving --------------------------------------------------------------------------------------------------------

/// The first buffer of the receive queue; an empty queue is EAGAIN, or ends with the socket's own error.
GuestAddr skb_recv_datagram(Kernel& kernel, GuestAddr at, std::uint32_t flags, std::int32_t, GuestAddr error_at)
{
    constexpr std::uint32_t peek = 2; // MSG_PEEK
    auto sock = sock_at(kernel, at);
    auto& memory = kernel.memory();
    const auto word = kernel.arch().word_bytes;
    const auto head = sock.address("receive_queue");
    const auto first = memory.load_pointer(head);
    if (const auto error = sock.get_int("err")) {
        sock.set("err", std::uint64_t{0});
        memory.store<std::int32_t>(error_at, -error);
        return {};
    }
    if (first == head || !first) {
        constexpr std::uint64_t receive_shutdown = 1;
        memory.store<std::int32_t>(error_at, sock.get("shutdown") & receive_shutdown ? 0 : error_code(kernel, Errno::eagain));
        return {};
    }
    GuestStruct skb(kernel, "struct sk_buff", first);
    memory.store<std::int32_t>(error_at, 0);
    if (flags & peek) {
        add_counter(skb, "users", 1);
        return first;
    }
    const auto next = skb.pointer("next");
    memory.store_word(head, next.value);
    memory.store_word(next + word, head.value);
    memory.store<std::uint32_t>(head + 2 * word, memory.load<std::uint32_t>(head + 2 * word) - 1);
    for (const auto link : {"next", "prev", "list"}) skb.set(link, std::uint64_t{0});
    return first;
}

/// POLLIN where something waits, POLLOUT while the socket may send.
std::uint32_t datagram_poll(Kernel& kernel, GuestAddr, GuestAddr socket, GuestAddr)
{
    constexpr std::uint32_t in = 1 | 0x40, out = 4 | 0x100 | 0x200, error = 8, hang_up = 16; // POLL*
    const auto sock = sock_at(kernel, GuestStruct(kernel, "struct socket", socket).pointer("sk"));
    const auto head = sock.address("receive_queue");
    std::uint32_t mask = sock.get("err") ? error : 0;
    if (sock.get("shutdown") == 3) mask |= hang_up;
    if (kernel.memory().load_pointer(head) != head || sock.get("shutdown") & 1) mask |= in;
    if (get_counter(sock, "wmem_alloc") * 2 <= sock.get_int("sndbuf")) mask |= out;
    return mask;
}

} // namespace

GuestAddr sock_alloc(Kernel& kernel)
{
    const auto inode_at = make_inode(kernel, {});
    if (!inode_at) return {};
    GuestStruct inode(kernel, "struct inode", inode_at);
    inode.set("i_mode", std::uint64_t{0140777});
    inode.set("i_sock", std::uint64_t{1});
    GuestStruct socket(kernel, "struct socket", inode.address("u.socket_i"));
    socket.set("inode", inode_at);
    init_wait_head(kernel, socket.address("wait"));
    return socket.at();
}

namespace {

constexpr auto v18 = from(LayoutVersion::v2_4_18_14);

constexpr Export functions[] = {
    full<sk_alloc>("sk_alloc"),
    full<sk_free>("sk_free"),
    init<sock_init_data>("sock_init_data"),
    full<sock_alloc>("sock_alloc"),
    full<sock_kmalloc>("sock_kmalloc"),
    full<sock_kfree_s>("sock_kfree_s"),
    full<sock_wfree>("sock_wfree"),
    full<sock_rfree>("sock_rfree"),
    init<sock_wmalloc>("sock_wmalloc"),
    init<sock_alloc_send_skb>("sock_alloc_send_skb"),
    init<skb_recv_datagram>("skb_recv_datagram"),
    full<datagram_poll>("datagram_poll"),
    inert<do_nothing<GuestAddr>>("__lock_sock", since_2_4),
    inert<do_nothing<GuestAddr>>("__release_sock"),
    inert<answer<0, GuestAddr, std::int32_t, std::int32_t>>("sock_wake_async"),
    inert<refuse<Errno::enotsock, std::int32_t, GuestAddr>>("sockfd_lookup", from(LayoutVersion::v2_4_18_14)),
    inert<refuse<Errno::enotconn, GuestAddr, GuestAddr, std::int32_t>>("sock_sendmsg"),
    inert<refuse<Errno::enotconn, GuestAddr, GuestAddr, std::int32_t, std::int32_t>>("sock_recvmsg"),
    inert<refuse<Errno::enobufs, GuestAddr>>("sock_map_fd", v18),
    inert<refuse<Errno::enoprotoopt, GuestAddr, std::int32_t, std::int32_t, GuestAddr>>("sock_setsockopt"),
    inert<refuse<Errno::enoprotoopt, GuestAddr, std::int32_t, std::int32_t, GuestAddr>>("sock_getsockopt"),
    inert<do_nothing<GuestAddr, GuestAddr>>("sklist_insert_socket"),
    inert<do_nothing<GuestAddr, GuestAddr>>("sklist_remove_socket"),
    inert<do_nothing<GuestAddr, GuestAddr>>("sklist_destroy_socket"),
};

constexpr DataExport data[] = {
    {"sysctl_rmem_max", fixed_bytes<4>, [](Kernel& kernel, GuestAddr at) { kernel.memory().store<std::uint32_t>(at, 65535); },
     since_2_4},
    {"sysctl_wmem_max", fixed_bytes<4>, [](Kernel& kernel, GuestAddr at) { kernel.memory().store<std::uint32_t>(at, 65535); },
     since_2_4},
    {"socket_file_ops", [](Kernel& kernel) -> std::uint64_t { return kernel.layouts().size("struct file_operations"); }, nullptr,
     Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}},
};

} // namespace

extern const Family net_sock{.header = "net/sock.h", .functions = functions, .data = data};

} // namespace retromod
