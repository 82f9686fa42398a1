// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/clock.h"
#include "emu/kernel/log.h"
#include "emu/kernel/processes.h"
#include "tests/exports/guest.h"

#include <catch2/catch.hpp>

using namespace retromod;

namespace {

GuestAddr address(std::int64_t word) { return {static_cast<std::uint32_t>(word)}; }
bool said(Guest& guest, std::string_view line) { return guest.log().find(line) != std::string::npos; }

} // namespace

TEST_CASE("memory type ranges are aligned, counted and at most eight", "[exports][hardware]")
{
    Guest guest("2.4.18-14");
    CHECK(guest.call("mtrr_add", {0xe0000000, 0x1000000, 1, 1}) == 0);
    CHECK(guest.call("mtrr_add", {0xe0000000, 0x1000000, 1, 1}) == 0);
    CHECK(guest.call("mtrr_add", {0xe0800000, 0x1000000, 1, 1}) == -22);
    CHECK(said(guest, "<4>mtrr: base(0xe0800000) is not aligned on a size(0x1000000) boundary\n"));
    CHECK(guest.call("mtrr_add", {0xe0000000, 0x2000000, 1, 1}) == -22);
    CHECK(said(guest, "overlaps existing 0xe0000000,0x1000000\n"));
    CHECK(guest.call("mtrr_add", {0xe0000000, 0x1000000, 6, 1}) == -22);
    CHECK(guest.call("mtrr_add", {0xe0000001, 0x1000000, 1, 1}) == -22);
    for (std::uint32_t i = 1; i < 8; ++i) CHECK(guest.call("mtrr_add", {0x80000000 + i * 0x1000000, 0x1000000, 1, 1}) == i);
    CHECK(guest.call("mtrr_add", {0xd0000000, 0x1000000, 1, 1}) == -28);
    CHECK(guest.call("mtrr_del", {0, 0, 0}) == 0);
    CHECK(guest.call("mtrr_del", {0xffffffff, 0xe0000000, 0x1000000}) == 0);
    CHECK(guest.call("mtrr_del", {0, 0, 0}) == -22);
    CHECK(said(guest, "mtrr: MTRR 0 not used\n"));
}

TEST_CASE("a PCI pool gives blocks with their bus addresses and tells of those left behind", "[exports][hardware]")
{
    Guest guest("2.4.18-14");
    CHECK(guest.call("pci_pool_create", {guest.text("none"), 0, 0, 4, 0}) == 0);
    const auto pool = address(guest.call("pci_pool_create", {guest.text("blocks"), 0, 40, 16, 0}));
    REQUIRE(pool);
    const auto bus = guest.buffer(4);
    const auto first = address(guest.call("pci_pool_alloc", {pool.value, 0, bus.value}));
    CHECK(guest.memory().load<std::uint32_t>(bus) == first.value - 0xc0000000);
    const auto second = address(guest.call("pci_pool_alloc", {pool.value, 0, bus.value}));
    CHECK(second != first);
    guest.call("pci_pool_free", {pool.value, first.value, 0});
    guest.call("pci_pool_free", {pool.value, first.value, 0});
    CHECK(said(guest, "<3>pci_pool_free blocks,"));
    guest.call("pci_pool_destroy", {pool.value});
    CHECK(said(guest, "<3>pci_pool_destroy blocks,"));
}

TEST_CASE("ATM devices take the lowest number and give it back", "[exports][hardware]")
{
    Guest guest("2.4.18-14");
    const auto operations = guest.buffer(64);
    const auto all = 0xffffffffu;
    const auto first = address(guest.call("atm_dev_register", {guest.text("one"), operations.value, all, 0}));
    const auto second = address(guest.call("atm_dev_register", {guest.text("two"), operations.value, all, 0}));
    CHECK(guest.memory().load<std::uint32_t>(second + 12) == 1);
    CHECK(guest.call("atm_dev_register", {guest.text("three"), operations.value, 1, 0}) == 0);
    CHECK(address(guest.call("atm_find_dev", {1})) == second);
    guest.call("atm_dev_deregister", {first.value});
    CHECK(guest.call("atm_find_dev", {0}) == 0);
}

TEST_CASE("serial lines, consoles, SysRq keys and the frequency driver are kept until they go", "[exports][hardware]")
{
    Guest guest("2.4.18-14");
    const auto request = guest.buffer(64);
    guest.memory().store<std::uint32_t>(request + 8, 0x1000);
    guest.memory().store<std::uint32_t>(request + 12, 5);
    CHECK(guest.call("register_serial", {request.value}) == 4);
    CHECK(said(guest, "<6>ttyS04 at port 0x1000 (irq = 5) is a 16550A\n"));
    guest.memory().store<std::uint32_t>(request + 8, 0x1008);
    CHECK(guest.call("register_serial", {request.value}) == 5);
    guest.call("unregister_serial", {4});
    CHECK(said(guest, "<6>ttyS04 unloaded\n"));
    const auto object = guest.buffer(64);
    guest.call("register_console", {object.value});
    CHECK(guest.call("unregister_console", {object.value}) == 0);
    CHECK(guest.call("unregister_console", {object.value}) == 1);
    guest.call("__sysrq_put_key_op", {20, object.value});
    CHECK(address(guest.call("__sysrq_get_key_op", {20})) == object);
    guest.call("__sysrq_put_key_op", {20, 0});
    CHECK(guest.call("__sysrq_get_key_op", {20}) == 0);
    CHECK(guest.call("cpufreq_register", {object.value}) == 0);
    CHECK(guest.call("cpufreq_register", {object.value}) == -16);
    CHECK(guest.call("cpufreq_unregister") == 0);
    CHECK(guest.call("cpufreq_unregister") == -22);
    CHECK(guest.call("page_is_ram", {0x50}) == 1);
    CHECK(guest.call("page_is_ram", {0xa0}) == 0);
    CHECK(guest.call("page_is_ram", {0xfffff}) == 0);
}

TEST_CASE("colour maps are made, copied, set and inverted", "[exports][hardware]")
{
    Guest guest("2.4.18-14");
    const auto map = guest.buffer(24);
    guest.memory().fill(map, 24, std::byte{0});
    REQUIRE(guest.call("fb_alloc_cmap", {map.value, 16, 0}) == 0);
    const auto level = [&](unsigned channel, unsigned color) {
        return guest.memory().load<std::uint16_t>(guest.memory().load_pointer(map + 8 + channel * 4) + color * 2);
    };
    CHECK(level(0, 6) == 0xaaaa);
    CHECK(level(1, 6) == 0x5555); // brown
    CHECK(level(2, 9) == 0xffff);
    CHECK(level(0, 9) == 0x5555);
    guest.call("fb_invert_cmaps");
    guest.call("fb_copy_cmap", {static_cast<std::uint32_t>(guest.call("fb_default_cmap", {16})), map.value, 0});
    CHECK(level(0, 6) == 0x5555);
    const auto code = guest.buffer(16);
    guest.memory().store<std::uint32_t>(code, 0xc3c031); // setcolreg takes every colour
    CHECK(guest.call("fb_set_cmap", {map.value, 1, code.value, 0}) == 0);
    CHECK(guest.call("fb_alloc_cmap", {map.value, 0, 0}) == 0);
    CHECK(guest.memory().load<std::uint32_t>(map + 8) == 0);
    CHECK(guest.call("GET_FB_IDX", {0x1d02}) == 2);
    CHECK(guest.call("GET_FB_IDX", {0x1d40}) == 2);
}

TEST_CASE("a frame buffer that the consoles show cannot go", "[exports][hardware]")
{
    Guest guest("2.4.18-14");
    const auto operations = guest.buffer(64), first = guest.buffer(512), second = guest.buffer(512);
    guest.memory().fill(operations, 64, std::byte{0});
    for (const auto info : {first, second})
        guest.memory().store<std::uint32_t>(info + 320, static_cast<std::uint32_t>(operations.value));
    CHECK(guest.call("register_framebuffer", {first.value}) == 0);
    CHECK(guest.call("register_framebuffer", {second.value}) == 0);
    CHECK(guest.memory().load<std::uint16_t>(second + 40) == 0x1d01);
    CHECK(guest.call("unregister_framebuffer", {first.value}) == -16);
    CHECK(guest.call("unregister_framebuffer", {second.value}) == 0);
    CHECK(guest.call("unregister_framebuffer", {second.value}) == -22);
}

TEST_CASE("a store between 640 KB and 1 MB is lost: nothing answers there", "[exports][hardware]")
{
    Guest guest("2.4.18-14");
    const std::uint8_t code[] = {0xc6, 0x05, 0x00, 0x00, 0x0d, 0xc0, 0x05,  // movb $5, 0xc00d0000
                                 0x0f, 0xb6, 0x05, 0x00, 0x00, 0x0d, 0xc0,  // movzbl 0xc00d0000, %eax
                                 0xc3};
    const auto at = guest.buffer(sizeof code);
    guest.memory().write_all(at, std::as_bytes(std::span(code)));
    CHECK(guest.run_code(at) == 0xff);
    guest.memory().fill({0xc009fff0}, 0x20, std::byte{7}); // the host's stores, across its beginning
    CHECK(guest.memory().load<std::uint8_t>({0xc009ffff}) == 7);
    CHECK(guest.memory().load<std::uint8_t>({0xc00a0000}) == 0xff);
    guest.memory().store<std::uint8_t>({0xc00fffff}, 7);
    CHECK(guest.memory().load<std::uint8_t>({0xc00fffff}) == 0xff);
}

TEST_CASE("the timer's tick counter counts down between two ticks", "[exports][hardware]")
{
    const auto [release, reload] =
        GENERATE(table<const char*, std::int64_t>({{"2.4.18-14", 2330}, {"2.4.20", 11'932}})); // LATCH of HZ 512, 100
    Guest guest(release);
    const std::uint8_t code[] = {0x30, 0xc0, 0xe6, 0x43, // latch counter 0
                                 0xe4, 0x40, 0x88, 0xc1, 0xe4, 0x40, 0x88, 0xc5, 0x0f, 0xb7, 0xc1, 0xc3};
    const auto at = guest.buffer(sizeof code);
    guest.memory().write_all(at, std::as_bytes(std::span(code)));
    const auto first = guest.run_code(at);
    CHECK(first > 0);
    CHECK(first <= reload);
    guest.kernel().clock().pass(blocks_per_jiffy / 4);
    const auto second = guest.run_code(at);
    const auto passed = (first - second + reload) % reload;
    CHECK(passed >= reload / 4);
    CHECK(passed < reload / 4 + 100);
}

TEST_CASE("the calls of one process have one pid, the next process the next", "[exports][hardware]")
{
    Guest guest("2.4.18-14");
    const auto nothing = guest.buffer(1);
    guest.memory().store<std::uint8_t>(nothing, 0xc3);
    CHECK(guest.call("kernel_thread", {nothing.value, 0, 0}) == 13); // a booted machine's first command is process 12
    CHECK(guest.call("kernel_thread", {nothing.value, 0, 0}) == 14);
    guest.kernel().processes().begin();
    CHECK(guest.call("kernel_thread", {nothing.value, 0, 0}) == 16);
}

TEST_CASE("a driver claims all that a PCI function's base addresses open, or nothing", "[exports][hardware]")
{
    Guest guest("2.4.18-14");
    auto device = guest.make("struct pci_dev");
    store_string(guest.kernel(), device.address("slot_name"), "00:03.0");
    const auto resource_bytes = guest.kernel().layouts().size("struct resource");
    const auto open_region = [&](unsigned number, std::uint64_t first, std::uint64_t last, std::uint64_t flags) {
        GuestStruct resource(guest.kernel(), "struct resource", device.address("resource") + number * resource_bytes);
        resource.set("start", first);
        resource.set("end", last);
        resource.set("flags", flags);
    };
    open_region(0, 0xe000, 0xe0ff, 0x101);
    open_region(2, 0xfebf0000, 0xfebf00ff, 0x200);
    const auto name = guest.text("ours");
    CHECK(guest.call("pci_request_regions", {device.at().value, name}) == 0);
    CHECK(guest.file("/proc/ioports").find("e000-e0ff : ours") != std::string::npos);
    CHECK(guest.file("/proc/iomem").find("febf0000-febf00ff : ours") != std::string::npos);
    CHECK(guest.call("pci_request_regions", {device.at().value, name}) == -16);
    CHECK(said(guest, "<4>PCI: Unable to reserve I/O region #1:100@e000 for device 00:03.0\n"));
    CHECK(guest.file("/proc/ioports").find("ours")
          == std::string::npos); // as the kernel does: all are released, whoever claimed them
    CHECK(guest.call("pci_request_regions", {device.at().value, name}) == 0);
    guest.call("pci_release_regions", {device.at().value});
    CHECK(guest.file("/proc/ioports").find("ours") == std::string::npos);
    CHECK(guest.file("/proc/iomem").find("ours") == std::string::npos);
}
