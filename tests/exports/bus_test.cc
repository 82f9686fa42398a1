// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/heap.h"
#include "emu/kernel/log.h"
#include "emu/kernel/symbols.h"
#include "tests/exports/guest.h"

#include <catch2/catch.hpp>

using namespace retromod;

namespace {

GuestAddr address(std::int64_t word) { return {static_cast<std::uint32_t>(word)}; }
constexpr std::uint32_t any_id = 0xffffffff;

} // namespace

TEST_CASE("the bus has a host bridge, an ISA bridge and an IDE controller", "[exports][pci]")
{
    Guest guest;
    const auto byte = guest.buffer(4);
    std::vector<std::uint64_t> found;
    for (auto at = address(guest.call("pci_find_device", {any_id, any_id, 0})); at;
         at = address(guest.call("pci_find_device", {any_id, any_id, at.value})))
        found.push_back(GuestStruct(guest.kernel(), "struct pci_dev", at).get("device"));
    CHECK(found == std::vector<std::uint64_t>{0x1237, 0x7000, 0x7010});
    const auto ide = guest.call("pci_find_class", {0x010180, 0});
    REQUIRE(ide != 0);
    CHECK(guest.call("pci_read_config_dword", {address(ide).value, 0x20, byte.value}) == 0);
    CHECK(guest.memory().load<std::uint32_t>(byte) == 0xc001);
    CHECK(guest.call("pci_read_config_word", {address(ide).value, 0x21, byte.value}) == 0x87);
    CHECK(guest.call("pci_write_config_byte", {address(ide).value, 0x40, 0x5a}) == 0);
    CHECK(guest.call("pci_read_config_byte", {address(ide).value, 0x40, byte.value}) == 0);
    CHECK(guest.memory().load<std::uint8_t>(byte) == 0x5a);
    CHECK(guest.call("pci_write_config_word", {address(ide).value, 0, 0x1234}) == 0);
    CHECK(guest.call("pci_read_config_word", {address(ide).value, 0, byte.value}) == 0);
    CHECK(guest.memory().load<std::uint16_t>(byte) == 0x8086);
    CHECK(guest.call("pcibios_find_device", {0x10ec, 0x8139, 0, byte.value, byte.value + 1}) == 0x86);
}

TEST_CASE("a PCI driver's probe is called for each device that its table has, and its remove when it goes", "[exports][pci]")
{
    Guest guest("2.4.18-14");
    auto& kernel = guest.kernel();
    const auto count_at = guest.buffer(4);
    // incl count; xor eax, eax; ret
    const auto code = guest.buffer(16);
    guest.memory().store<std::uint16_t>(code, 0x05ff);
    guest.memory().store<std::uint32_t>(code + 2, static_cast<std::uint32_t>(count_at.value));
    guest.memory().store<std::uint32_t>(code + 6, 0xc3c031);
    const auto id_bytes = kernel.layouts().size("struct pci_device_id");
    GuestStruct id(kernel, "struct pci_device_id", guest.buffer(2 * id_bytes));
    id.set("vendor", std::uint64_t{0x8086});
    for (const auto member : {"device", "subvendor", "subdevice"}) id.set(member, std::uint64_t{any_id});
    auto driver = guest.make("struct pci_driver");
    driver.set("name", std::uint64_t{guest.text("test")});
    driver.set("id_table", id.at());
    driver.set("probe", code);
    driver.set("remove", code);
    CHECK(guest.call("pci_register_driver", {driver.at().value}) == 3);
    CHECK(guest.memory().load<std::uint32_t>(count_at) == 3);
    CHECK(guest.call("pci_register_driver", {driver.at().value}) == 0); // all devices have a driver
    guest.call("pci_unregister_driver", {driver.at().value});
    CHECK(guest.memory().load<std::uint32_t>(count_at) == 6);
}

TEST_CASE("network devices get names, numbers and the vendor kernel's divert lines", "[exports][net]")
{
    Guest guest("2.4.18-14");
    auto first = guest.make("struct net_device"), second = guest.make("struct net_device");
    CHECK(guest.call("register_netdev", {first.at().value}) == 0);
    CHECK(first.text("name") == "eth0");
    store_string(guest.kernel(), second.address("name"), "dummy%d");
    CHECK(guest.call("register_netdev", {second.at().value}) == 0);
    CHECK(second.text("name") == "dummy0");
    CHECK(second.get("ifindex") == first.get("ifindex") + 1);
    CHECK(guest.log() == "<7>divert: not allocating divert_blk for non-ethernet device eth0\n"
                         "<7>divert: not allocating divert_blk for non-ethernet device dummy0\n");
    CHECK(guest.file("/proc/net/dev").find("  eth0: No statistics available.\ndummy0:") != std::string::npos);
    CHECK(guest.call("register_netdevice", {second.at().value}) == -17); // EEXIST
    guest.call("unregister_netdev", {first.at().value});
    CHECK(guest.file("/proc/net/dev").find("eth0") == std::string::npos);
    CHECK(guest.call("unregister_netdevice", {first.at().value}) == -19);
}

TEST_CASE("a device whose init fails is not registered: EIO", "[exports][net]")
{
    Guest guest;
    const auto code = guest.buffer(8); // mov $-19, %eax; ret
    guest.memory().store<std::uint8_t>(code, 0xb8);
    guest.memory().store<std::uint32_t>(code + 1, 0xffffffed);
    guest.memory().store<std::uint8_t>(code + 5, 0xc3);
    auto device = guest.make("struct net_device");
    device.set("init", code);
    CHECK(guest.call("register_netdev", {device.at().value}) == -5);
    CHECK(guest.file("/proc/net/dev").find("eth0") == std::string::npos);
}

TEST_CASE("socket buffers: a clone shares the data, which is freed with its last user", "[exports][net]")
{
    Guest guest;
    auto& kernel = guest.kernel();
    const auto at = address(guest.call("alloc_skb", {100, 0x20}));
    REQUIRE(at);
    GuestStruct skb(kernel, "struct sk_buff", at);
    const auto head = skb.pointer("head");
    CHECK(skb.pointer("end") - head == 112);
    const auto clone = address(guest.call("skb_clone", {at.value, 0x20}));
    CHECK(GuestStruct(kernel, "struct sk_buff", clone).pointer("head") == head);
    guest.call("__kfree_skb", {at.value});
    CHECK(kernel.heap().size_of(head) != 0);
    guest.call("__kfree_skb", {clone.value});
    CHECK(kernel.heap().size_of(head) == 0);
}

TEST_CASE("an address family has one owner; IPv4 is the kernel's", "[exports][net]")
{
    Guest guest;
    auto family = guest.make("struct net_proto_family");
    family.set("family", std::uint64_t{4});
    CHECK(guest.call("sock_register", {family.at().value}) == 0);
    CHECK(guest.call("sock_register", {family.at().value}) == -17);
    family.set("family", std::uint64_t{2});
    CHECK(guest.call("sock_register", {family.at().value}) == -17);
    family.set("family", std::uint64_t{32});
    CHECK(guest.call("sock_register", {family.at().value}) == -105);
    CHECK(guest.log().find("<2>protocol 32 >= NPROTO(32)\n") != std::string::npos);
    CHECK(guest.call("sock_unregister", {4}) == 0);
}

TEST_CASE("on 2.2 pci_devices points to the first device, and each to the next", "[exports][pci]")
{
    Guest guest("2.2.1");
    std::vector<std::uint64_t> found;
    auto at = guest.memory().load_pointer(guest.kernel().symbols().variable("pci_devices"));
    for (; at && found.size() < 10; at = GuestStruct(guest.kernel(), "struct pci_dev", at).pointer("next"))
        found.push_back(GuestStruct(guest.kernel(), "struct pci_dev", at).get("device"));
    CHECK(found == std::vector<std::uint64_t>{0x1237, 0x7000, 0x7010});
}

TEST_CASE("on 2.2 an inode is read by its number alone, and a frame is copied into its buffer", "[exports][files]")
{
    Guest guest("2.2.1");
    auto super_block = guest.make("struct super_block"), operations = guest.make("struct super_operations");
    super_block.set("s_op", operations.at());
    const auto inode = address(guest.call("iget", {super_block.at().value, 5}));
    REQUIRE(inode);
    CHECK(GuestStruct(guest.kernel(), "struct inode", inode).get("i_ino") == 5);
    CHECK(address(guest.call("iget", {super_block.at().value, 5})) == inode);
    const auto buffer = address(guest.call("alloc_skb", {32, 0}));
    guest.call("eth_copy_and_sum", {buffer.value, guest.text("frame"), 6, 0});
    CHECK(guest.load_text(GuestStruct(guest.kernel(), "struct sk_buff", buffer).pointer("data")) == "frame");
}
