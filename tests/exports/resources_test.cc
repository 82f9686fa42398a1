// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/log.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/symbols.h"
#include "tests/exports/guest.h"

#include <catch2/catch.hpp>

using namespace retromod;

namespace {

constexpr std::int64_t ebusy = -16, einval = -22;

} // namespace

TEST_CASE("a port range is claimed once, inside what is not busy", "[exports][resources]")
{
    Guest guest;
    const auto root = guest.kernel().symbols().variable("ioport_resource").value;
    CHECK(guest.call("__request_region", {root, 0x300, 32, guest.text("card")}) != 0);
    CHECK(guest.call("__request_region", {root, 0x31f, 1, guest.text("other")}) == 0);
    CHECK(guest.call("__check_region", {root, 0x2f0, 17}) == ebusy);
    CHECK(guest.call("__check_region", {root, 0x2f0, 16}) == 0);
    CHECK(guest.call("__request_region", {root, 0x60, 1, guest.text("keyboard too")}) == 0);
    CHECK(guest.file("/proc/ioports").find("01f0-01f7 : ide0\n0300-031f : card\n03d4-03d5 : cga\n") != std::string::npos);
    guest.call("__release_region", {root, 0x300, 32});
    CHECK(guest.file("/proc/ioports").find("card") == std::string::npos);
    guest.call("__release_region", {root, 0x300, 32});
    CHECK(guest.log().ends_with("<4>Trying to free nonexistent resource <00000300-0000031f>\n"));
}

TEST_CASE("allocate_resource finds the first gap that fits the alignment", "[exports][resources]")
{
    Guest guest("2.4.18-14");
    const auto root = guest.kernel().symbols().variable("ioport_resource");
    auto fresh = guest.make("struct resource");
    // Nine arguments: more than a call by hand passes, so the request is made by its parts.
    fresh.set("start", std::uint64_t{0x400});
    fresh.set("end", std::uint64_t{0x40f});
    CHECK(guest.call("request_resource", {root.value, fresh.at().value}) == 0);
    CHECK(fresh.pointer("parent") == root);
    CHECK(guest.call("check_resource", {root.value, 0x40f, 1}) == ebusy);
    CHECK(guest.call("release_resource", {fresh.at().value}) == 0);
    CHECK(guest.call("check_resource", {root.value, 0x40f, 1}) == 0);
}

TEST_CASE("a region whose name was freed with its module makes the reader of /proc/ioports oops", "[exports][resources]")
{
    Guest guest;
    const auto root = guest.kernel().symbols().variable("ioport_resource").value;
    const auto module_area = guest.memory().vmalloc(4096).value();
    store_string(guest.kernel(), module_area, "gone soon");
    CHECK(guest.call("__request_region", {root, 0x340, 4, module_area.value}) != 0);
    guest.memory().vfree(module_area);
    const auto read = read_guest_file(guest.kernel(), "/proc/ioports");
    CHECK(read.outcome.kind == Outcome::Kind::oops);
    CHECK(guest.log().find("Unable to handle kernel paging request") != std::string::npos);
}

TEST_CASE("an interrupt line is shared only when all want to", "[exports][resources]")
{
    Guest guest;
    const auto handler = guest.buffer(16).value;
    const auto name = guest.text("card"), other = guest.text("other");
    constexpr std::uint64_t shared = 0x04000000;
    CHECK(guest.call("request_irq", {5, handler, 0, name, 0}) == 0);
    CHECK(guest.call("request_irq", {5, handler, shared, other, 1}) == ebusy);
    CHECK(guest.call("request_irq", {11, handler, shared, name, 1}) == 0);
    CHECK(guest.call("request_irq", {11, handler, shared, other, 2}) == 0);
    CHECK(guest.call("request_irq", {300, handler, 0, name, 0}) == einval);
    CHECK(guest.call("request_irq", {6, 0, 0, name, 0}) == einval);
    CHECK(guest.file("/proc/interrupts").find(" 11:          0          XT-PIC  card, other\n") != std::string::npos);
    guest.call("free_irq", {5, 0});
    guest.call("free_irq", {5, 0});
    CHECK(guest.log().ends_with("<3>Trying to free free IRQ5\n"));
}

TEST_CASE("a DMA channel has one owner; the cascade is the board's", "[exports][resources]")
{
    Guest guest;
    CHECK(guest.call("request_dma", {1, guest.text("card")}) == 0);
    CHECK(guest.call("request_dma", {1, guest.text("other")}) == ebusy);
    CHECK(guest.call("request_dma", {8, guest.text("other")}) == einval);
    CHECK(guest.file("/proc/dma") == " 1: card\n 4: cascade\n");
}

TEST_CASE("2.2 keeps port ranges in a list of its own", "[exports][resources]")
{
    Guest guest("2.2.1");
    guest.call("request_region", {0x300, 32, guest.text("card")});
    CHECK(guest.call("check_region", {0x31f, 1}) == ebusy);
    CHECK(guest.call("check_region", {0x320, 1}) == 0);
    CHECK(guest.file("/proc/ioports").find("0300-031f : card\n") != std::string::npos);
    guest.call("release_region", {0x300, 32});
    CHECK(guest.call("check_region", {0x300, 32}) == 0);
}
