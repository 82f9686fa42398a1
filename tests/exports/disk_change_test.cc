// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/exports/guest.h"

#include <catch2/catch.hpp>

using namespace retromod;

namespace {

/// Code that counts its calls and returns a number.
GuestAddr counting(Guest& guest, GuestAddr count, std::uint32_t result)
{
    const auto code = guest.buffer(16);
    guest.memory().store<std::uint16_t>(code, 0x05ff); // incl count
    guest.memory().store<std::uint32_t>(code + 2, static_cast<std::uint32_t>(count.value));
    guest.memory().store<std::uint8_t>(code + 6, 0xb8); // mov eax, result
    guest.memory().store<std::uint32_t>(code + 7, result);
    guest.memory().store<std::uint8_t>(code + 11, 0xc3);
    return code;
}

} // namespace

TEST_CASE("check_disk_change asks the driver, which looks at a new medium: sbull's open had no memory", "[exports][blocks]")
{
    const auto* release = GENERATE("2.2.1", "2.4.0", "2.4.37.11");
    const std::uint32_t changed = GENERATE(0u, 1u);
    CAPTURE(release, changed);
    constexpr std::uint64_t major = 240, device = major << 8;
    Guest guest(release);
    const auto asked = guest.buffer(4), looked = guest.buffer(4);
    for (const auto count : {asked, looked}) guest.memory().store<std::uint32_t>(count, 0);
    constexpr std::string_view type = "struct block_device_operations";
    auto operations = guest.make(guest.kernel().layouts().has(type) ? type : "struct file_operations");
    CHECK(guest.call("check_disk_change", {device}) == 0); // no driver
    REQUIRE(guest.call("register_blkdev", {major, guest.text("test"), operations.at().value}) == 0);
    CHECK(guest.call("check_disk_change", {device}) == 0); // one whose medium cannot be changed
    operations.set("check_media_change", counting(guest, asked, changed));
    CHECK(guest.call("check_disk_change", {device}) == changed);
    CHECK(guest.memory().load<std::uint32_t>(asked) == 1);
    operations.set("revalidate", counting(guest, looked, 0));
    CHECK(guest.call("check_disk_change", {device}) == changed);
    CHECK(guest.memory().load<std::uint32_t>(looked) == changed);
}
