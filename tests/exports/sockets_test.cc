// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/exports/core/caches.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/log.h"
#include "emu/kernel/symbols.h"
#include "tests/exports/guest.h"

#include <catch2/catch.hpp>

using namespace retromod;

namespace {

GuestAddr address(std::int64_t word) { return {static_cast<std::uint32_t>(word)}; }

GuestAddr bytes(Guest& guest, std::initializer_list<unsigned> values)
{
    const auto at = guest.buffer(values.size());
    unsigned i = 0;
    for (const auto value : values) guest.memory().store<std::uint8_t>(at + i++, static_cast<std::uint8_t>(value));
    return at;
}

/// One struct iovec into user memory of the calls.
struct Vector {
    Vector(Guest& guest, std::uint64_t size) : user(guest.calls().user_memory().allocate(size)), at(guest.buffer(8))
    {
        guest.memory().store<std::uint32_t>(at, static_cast<std::uint32_t>(user.value));
        guest.memory().store<std::uint32_t>(at + 4, static_cast<std::uint32_t>(size));
    }
    GuestAddr user, at;
};

} // namespace

TEST_CASE("the checksum of an IP header makes its words sum to all ones", "[exports][sockets]")
{
    Guest guest("2.4.18-14");
    const auto header = bytes(guest, {0x45, 0, 0, 0x54, 0, 0, 0x40, 0, 0x40, 1, 0xff, 0xff, 0x7f, 0, 0, 1, 0x7f, 0, 0, 1});
    guest.call("ip_send_check", {header.value});
    CHECK(guest.memory().load<std::uint8_t>(header + 10) == 0x3c); // RFC 1071 by hand: 0x3ca7
    CHECK(guest.memory().load<std::uint8_t>(header + 11) == 0xa7);
    const auto sum = static_cast<std::uint32_t>(guest.call("csum_partial", {header.value, 20, 0}));
    CHECK(((sum & 0xffff) + (sum >> 16)) == 0xffff);
    const auto copy = guest.buffer(20);
    CHECK(static_cast<std::uint32_t>(guest.call("csum_partial", {header.value, 3, 0})) == 0x45);
    CHECK(guest.kernel().symbols().address("csum_partial_copy_generic").has_value());
    CHECK(copy);
}

TEST_CASE("vectors are filled and emptied as far as they go", "[exports][sockets]")
{
    Guest guest("2.4.18-14");
    Vector vector(guest, 16);
    const auto kernel_text = guest.text("abcdef");
    CHECK(guest.call("memcpy_toiovec", {vector.at.value, kernel_text, 4}) == 0);
    CHECK(guest.memory().load<std::uint32_t>(vector.at) == vector.user.value + 4);
    CHECK(guest.memory().load<std::uint32_t>(vector.at + 4) == 12);
    guest.memory().store<std::uint32_t>(vector.at, static_cast<std::uint32_t>(vector.user.value));
    guest.memory().store<std::uint32_t>(vector.at + 4, 16);
    const auto into = guest.buffer(8);
    CHECK(guest.call("memcpy_fromiovecend", {into.value, vector.at.value, 1, 3}) == 0);
    CHECK(guest.memory().load_string(into, 3) == "bcd");
    CHECK(guest.memory().load<std::uint32_t>(vector.at + 4) == 16);
    guest.memory().store<std::uint32_t>(vector.at, 0x10);
    CHECK(guest.call("memcpy_fromiovec", {into.value, vector.at.value, 4}) == -14);
}

TEST_CASE("a socket of 2.2 has no reference count to start with", "[exports][sockets]")
{
    Guest guest("2.2.1");
    const auto sock_at = address(guest.call("sk_alloc", {10, 0, 1}));
    guest.call("sock_init_data", {0, sock_at.value});
    const GuestStruct sock(guest.kernel(), "struct sock", sock_at);
    CHECK_FALSE(sock.has("refcnt"));
    CHECK(sock.get("state") == 7); // TCP_CLOSE
}

TEST_CASE("a socket's data starts empty: nothing to receive, room to send", "[exports][sockets]")
{
    Guest guest("2.4.18-14");
    auto socket = guest.make("struct socket");
    socket.set("type", std::uint64_t{2});
    const auto sock_at = address(guest.call("sk_alloc", {4, 0, 1}));
    GuestStruct sock(guest.kernel(), "struct sock", sock_at);
    CHECK(sock.get("family") == 4);
    guest.call("sock_init_data", {socket.at().value, sock_at.value});
    CHECK(socket.pointer("sk") == sock_at);
    CHECK(sock.get("type") == 2);
    CHECK(sock.get("refcnt.counter") == 1);
    const auto error = guest.buffer(4);
    CHECK(guest.call("skb_recv_datagram", {sock_at.value, 0, 0, error.value}) == 0);
    CHECK(guest.memory().load<std::int32_t>(error) == -11);
    CHECK(guest.call("datagram_poll", {0, socket.at().value, 0}) == (4 | 0x100 | 0x200));
    const auto buffer = address(guest.call("sock_alloc_send_skb", {sock_at.value, 100, 0, error.value}));
    REQUIRE(buffer);
    CHECK(sock.get("wmem_alloc.counter") == GuestStruct(guest.kernel(), "struct sk_buff", buffer).get("truesize"));
    guest.call("__kfree_skb", {buffer.value}); // through its destructor, sock_wfree
    CHECK(sock.get("wmem_alloc.counter") == 0);
    const auto block = address(guest.call("sock_kmalloc", {sock_at.value, 100, 0}));
    CHECK(sock.get("omem_alloc.counter") == 100);
    CHECK(guest.call("sock_kmalloc", {sock_at.value, 20000, 0}) == 0);
    guest.call("sock_kfree_s", {sock_at.value, block.value, 100});
    CHECK(sock.get("omem_alloc.counter") == 0);
    guest.call("sk_free", {sock_at.value});
    CHECK(guest.kernel().heap().size_of(sock_at) == 0);
}

TEST_CASE("a packet filter keeps what its program returns", "[exports][sockets]")
{
    Guest guest("2.4.18-14");
    const auto buffer = address(guest.call("alloc_skb", {64, 0}));
    GuestStruct skb(guest.kernel(), "struct sk_buff", buffer);
    skb.set("len", std::uint64_t{20});
    guest.memory().store<std::uint8_t>(skb.pointer("data") + 9, 17);
    // ldb [9]; jeq #17, 0, 1; ret #96; ret #0
    const auto program =
        bytes(guest, {0x30, 0, 0, 0, 9, 0, 0, 0, 0x15, 0, 0, 1, 17, 0, 0, 0, 6, 0, 0, 0, 96, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0});
    CHECK(guest.call("sk_chk_filter", {program.value, 4}) == 0);
    CHECK(guest.call("sk_run_filter", {buffer.value, program.value, 4}) == 96);
    guest.memory().store<std::uint8_t>(skb.pointer("data") + 9, 6);
    CHECK(guest.call("sk_run_filter", {buffer.value, program.value, 4}) == 0);
    guest.memory().store<std::uint32_t>(program + 4, 40); // behind the packet
    CHECK(guest.call("sk_run_filter", {buffer.value, program.value, 4}) == 0);
    CHECK(guest.call("sk_chk_filter", {program.value, 2}) == -22); // jumps out
    CHECK(guest.call("sk_chk_filter", {program.value, 3}) == -22);
}

TEST_CASE("attributes of a message are filled, padded and found again", "[exports][sockets]")
{
    Guest guest("2.4.18-14");
    const auto buffer = address(guest.call("alloc_skb", {64, 0}));
    GuestStruct skb(guest.kernel(), "struct sk_buff", buffer);
    guest.call("__rta_fill", {buffer.value, 3, 5, guest.text("abcd")});
    guest.call("__rta_fill", {buffer.value, 1, 4, guest.text("xyz")});
    CHECK(skb.get("len") == 12 + 8);
    const auto table = guest.buffer(16);
    guest.call("rtattr_parse", {table.value, 3, skb.get("data"), skb.get("len")});
    CHECK(guest.memory().load<std::uint32_t>(table) == skb.get("data") + 12);
    CHECK(guest.memory().load<std::uint32_t>(table + 4) == 0);
    CHECK(guest.load_text({guest.memory().load<std::uint32_t>(table + 8) + 4}) == "abcd");
    CHECK(guest.call("netlink_unicast", {0, buffer.value, 0, 0}) == -111);
    CHECK(guest.kernel().heap().size_of(buffer) == 0);
}

TEST_CASE("addresses are what they are without an interface", "[exports][sockets]")
{
    Guest guest("2.4.18-14");
    struct Row {
        const char* text;
        std::int64_t type;
    };
    const auto row =
        GENERATE(Row{"127.0.0.1", 2}, Row{"10.1.2.3", 1}, Row{"224.0.0.1", 5}, Row{"255.255.255.255", 3}, Row{"0.0.0.0", 3});
    const auto network = static_cast<std::uint32_t>(guest.call("in_aton", {guest.text(row.text)}));
    CHECK(guest.call("inet_addr_type", {network}) == row.type);
}

TEST_CASE("a network device goes up and down by its driver, and is told its addresses only when up", "[exports][sockets]")
{
    Guest guest("2.4.18-14");
    auto device = guest.make("struct net_device");
    const auto count_at = guest.buffer(4), code = guest.buffer(16);
    guest.memory().store<std::uint16_t>(code, 0x05ff); // incl count; xor eax, eax; ret
    guest.memory().store<std::uint32_t>(code + 2, static_cast<std::uint32_t>(count_at.value));
    guest.memory().store<std::uint32_t>(code + 6, 0xc3c031);
    const auto calls = [&] { return guest.memory().load<std::uint32_t>(count_at); };
    for (const auto member : {"open", "stop", "set_multicast_list"}) device.set(member, code);
    store_string(guest.kernel(), device.address("name"), "test0");
    const auto group = bytes(guest, {1, 0, 0x5e, 0, 0, 1});
    CHECK(guest.call("dev_mc_add", {device.at().value, group.value, 6, 0}) == 0);
    CHECK(calls() == 0);
    CHECK(guest.call("dev_open", {device.at().value}) == 0);
    CHECK((device.get("flags") & 1) == 1);
    CHECK(calls() == 2); // open, set_multicast_list
    CHECK(guest.call("dev_open", {device.at().value}) == 0);
    CHECK(calls() == 2);
    CHECK(guest.call("dev_mc_add", {device.at().value, group.value, 6, 0}) == 0);
    CHECK(device.get("mc_count") == 1);
    CHECK(guest.call("dev_mc_delete", {device.at().value, group.value, 6, 0}) == 0);
    CHECK(guest.call("dev_mc_delete", {device.at().value, group.value, 6, 0}) == 0);
    CHECK(guest.call("dev_mc_delete", {device.at().value, group.value, 6, 0}) == -2);
    CHECK(calls() == 3);
    guest.call("dev_set_promiscuity", {device.at().value, 1});
    guest.call("dev_set_promiscuity", {device.at().value, 1});
    CHECK(guest.log().find("<6>device test0 entered promiscuous mode\n") != std::string::npos);
    CHECK(calls() == 4);
    CHECK(guest.call("dev_close", {device.at().value}) == 0);
    CHECK((device.get("flags") & 1) == 0);
    CHECK(calls() == 5);
    const auto buffer = address(guest.call("alloc_skb", {64, 0}));
    CHECK(guest.call("dev_queue_xmit", {buffer.value}) == -100);
}

TEST_CASE("a protocol's neighbour table has its cache, and its settings under /proc/sys", "[exports][net]")
{
    constexpr std::uint64_t entry_size = 8, id = 36, parameters = 40,
                            gc_thresh3 = parameters + 76 + 3 * 4; // struct neigh_table, i386
    constexpr std::uint64_t retrans_time = parameters + 28;
    Guest guest("2.4.18-14");
    auto& memory = guest.memory();
    const auto table = guest.buffer(512);
    memory.fill(table, 512, std::byte{0});
    memory.store<std::uint32_t>(table + entry_size, 130);
    memory.store<std::uint32_t>(table + id, guest.text("our_neighbours"));
    memory.store<std::uint32_t>(table + gc_thresh3, 1024);
    memory.store<std::uint32_t>(table + retrans_time, 100);
    guest.call("neigh_table_init", {table.value});
    const auto is_ours = [](const CacheRow& cache) {
        return std::string_view(cache.name) == "our_neighbours" && cache.object_bytes == 144;
    };
    CHECK(guest.kernel().machine().table<CacheRow>().find_if(is_ours));
    REQUIRE(guest.call("neigh_sysctl_register", {0, table.value + parameters, 12, 19, guest.text("ours")}) == 0);
    CHECK(guest.file("/proc/sys/net/ours/neigh/default/gc_thresh3") == "1024\n");

    const auto own = static_cast<std::uint32_t>(guest.call("neigh_parms_alloc", {0, table.value}));
    REQUIRE(own);
    auto device = guest.make("struct net_device");
    store_string(guest.kernel(), device.address("name"), "near0");
    device.set("ifindex", std::uint64_t{7});
    REQUIRE(guest.call("neigh_sysctl_register", {device.at().value, own, 12, 19, guest.text("ours")}) == 0);
    CHECK(guest.file("/proc/sys/net/ours/neigh/near0/retrans_time") == "100\n");
    CHECK(read_guest_file(guest.kernel(), "/proc/sys/net/ours/neigh/near0/gc_thresh3").text.empty());
    guest.call("neigh_parms_release", {table.value, own});
    CHECK(guest.file("/proc/sys/net/ours/neigh/near0/retrans_time").empty());
    guest.call("neigh_table_clear", {table.value});
    CHECK(guest.file("/proc/sys/net/ours/neigh/default/gc_thresh3").empty());
}
