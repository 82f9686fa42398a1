// SPDX-License-Identifier: GPL-2.0-or-later
// Small functions that drivers of 2.4.22 and later import.
#include "emu/exports/net/net_devices.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/symbols.h"
#include "tests/exports/guest.h"

#include <catch2/catch.hpp>

using namespace retromod;

namespace {

GuestAddr address(std::int64_t word) { return {static_cast<std::uint32_t>(word)}; }

} // namespace

TEST_CASE("alloc_netdev has the driver's own routine set its device up", "[exports][net]")
{
    Guest guest("2.4.37.11");
    const auto ether_setup = guest.kernel().symbols().address("ether_setup").value();
    const GuestAddr at{static_cast<std::uint64_t>(guest.call("alloc_netdev", {40, guest.text("wifi%d"), ether_setup.value}))
                       & 0xffffffff};
    REQUIRE(at);
    const GuestStruct device(guest.kernel(), net_device_type(guest.kernel()), at);
    CHECK(device.get("mtu") == 1500);
    CHECK(device.get("priv") % 32 == 0);
    CHECK(device.get("priv") > at.value);
    CHECK(net_device_name(guest.kernel(), at) == "wifi%d");
}

TEST_CASE("a machine without Micro Channel finds no adapter", "[exports][hardware]")
{
    Guest guest;
    CHECK(guest.call("mca_find_adapter", {0x6fc0, 0}) == -1);
    CHECK(guest.call("mca_find_unused_adapter", {0x6fc0, 0}) == -1);
    CHECK(guest.call("mca_read_stored_pos", {0, 2}) == 0);
    CHECK(guest.call("mca_isadapter", {0}) == 0);
}

TEST_CASE("ethtool_op_*: the link is there unless NOCARRIER is set; features are bits of the device", "[exports][net]")
{
    Guest guest("2.4.37.11");
    auto device = guest.make("struct net_device");
    CHECK(guest.call("ethtool_op_get_link", {device.at().value}) == 1);
    device.set("state", std::uint64_t{1} << 4);
    CHECK(guest.call("ethtool_op_get_link", {device.at().value}) == 0);
    device.set("features", std::uint64_t{1 | 32});
    CHECK(guest.call("ethtool_op_get_sg", {device.at().value}) == 1);
    CHECK(guest.call("ethtool_op_get_tx_csum", {device.at().value}) == 0);
    CHECK(guest.call("ethtool_op_set_tx_csum", {device.at().value, 1}) == 0);
    CHECK(guest.call("ethtool_op_set_sg", {device.at().value, 0}) == 0);
    CHECK(device.get("features") == (2 | 32));
}

TEST_CASE("skb_pad zeroes behind the data where there is room, and else copies and frees", "[exports][net]")
{
    Guest guest("2.4.37.11");
    auto& kernel = guest.kernel();
    const auto at = address(guest.call("alloc_skb", {32, 0x20}));
    REQUIRE(at);
    GuestStruct skb(kernel, "struct sk_buff", at);
    const auto room = skb.pointer("end") - skb.pointer("data");
    skb.set("len", std::uint64_t{4});
    skb.set("tail", skb.pointer("data") + 4);
    store_string(kernel, skb.pointer("data"), "wordXX");
    CHECK(address(guest.call("skb_pad", {at.value, 2})) == at);
    CHECK(guest.load_text(skb.pointer("data")) == "word");
    CHECK(skb.get("len") == 4);

    const auto head = skb.pointer("head");
    const auto padded = address(guest.call("skb_pad", {at.value, room}));
    REQUIRE(padded);
    CHECK(padded != at);
    CHECK(kernel.heap().size_of(head) == 0);
    const GuestStruct copy(kernel, "struct sk_buff", padded);
    CHECK(guest.load_text(copy.pointer("data")) == "word");
    CHECK(copy.pointer("end") - copy.pointer("tail") >= room);
    CHECK(copy.get("len") == 4);
}

TEST_CASE("a netlink socket of 2.4.22 and later has its struct socket where kernels with IPv6 have it, too", "[exports][net]")
{
    Guest guest("2.4.37.11");
    const auto at = address(guest.call("netlink_kernel_create", {3, 0}));
    REQUIRE(at);
    const auto socket = GuestStruct(guest.kernel(), "struct sock", at).pointer("socket");
    REQUIRE(socket);
    CHECK(guest.memory().load_pointer(at + 0x510) == socket);
    guest.call("sock_release", {socket.value});
    CHECK(guest.kernel().heap().size_of(at) == 0);
}

TEST_CASE("yield returns to a caller that stays runnable", "[exports][waiting]")
{
    Guest guest("2.4.20");
    guest.call("yield");
    CHECK(guest.outcome().kind == Outcome::Kind::done);
}

TEST_CASE("unregister_netdev frees a device only where its driver set NETIF_F_DYNALLOC", "[exports][net]")
{
    Guest guest("2.4.37.11");
    auto& kernel = guest.kernel();
    for (const bool freed : {false, true}) {
        const auto at = address(guest.call("alloc_etherdev", {16}));
        REQUIRE(at);
        GuestStruct device(kernel, "struct net_device", at);
        CHECK(device.get("features") == 0);
        if (freed) device.set("features", std::uint64_t{16});
        REQUIRE(guest.call("register_netdev", {at.value}) == 0);
        guest.call("unregister_netdev", {at.value});
        CHECK((kernel.heap().size_of(at) == 0) == freed);
        if (!freed) guest.call("kfree", {at.value});
    }
}
