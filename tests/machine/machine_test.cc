// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/machine/machine.h"

#include "emu/machine/machine_layout.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>
#include <vector>

using namespace retromod;
using Catch::Matchers::Contains;

namespace {

struct Device {
    static constexpr std::string_view table_name = "devices";
    static constexpr std::uint32_t table_capacity = 4;
    std::uint32_t used;
    std::uint32_t major;
};

struct WiderDevice {
    static constexpr std::string_view table_name = "devices";
    static constexpr std::uint32_t table_capacity = 4;
    std::uint32_t used;
    std::uint32_t major;
    std::uint64_t operations;
};

struct Clock {
    static constexpr std::string_view table_name = "clock";
    static constexpr std::uint32_t table_capacity = 1;
    std::uint32_t used;
    std::uint32_t jiffies;
};

struct Enormous {
    static constexpr std::string_view table_name = "enormous";
    static constexpr std::uint32_t table_capacity = 1 << 20;
    std::uint32_t used;
    std::byte payload[1024];
};

GuestAddr vmalloc_start(std::uint64_t memory_megabytes)
{
    Machine machine({.memory_bytes = memory_megabytes << 20});
    return machine.memory().vmalloc_window().start;
}

unsigned count_rows(const Table<Device>& table)
{
    unsigned rows = 0;
    for ([[maybe_unused]] const auto& row : table) ++rows;
    return rows;
}

TableHeader& directory_row(Machine& machine, unsigned number)
{
    return reinterpret_cast<TableHeader*>(machine.mapping().data() + machine_directory_offset)[number];
}

} // namespace

TEST_CASE("a fresh machine has the windows that its release computes from the memory", "[machine]")
{
    CHECK(vmalloc_start(128) == GuestAddr{0xc8800000});
    CHECK(vmalloc_start(256) == GuestAddr{0xd0800000});
    CHECK(vmalloc_start(100) == GuestAddr{0xc7000000});

    Machine machine;
    CHECK(machine.arch().name == "i386");
    CHECK(machine.release().name == "2.4.20");
    CHECK(machine.uts_release() == "2.4.20");
    CHECK_FALSE(machine.smp());
    CHECK(machine.memory().total_pages() == 32768);
    CHECK(machine.memory().free_pages() == 32768 - 256);
    CHECK(machine.header().memory.image_end == 0xc0100000);
}

TEST_CASE("the frames below the kernel image are taken", "[machine]")
{
    Machine machine;
    CHECK(machine.memory().allocate_image(4096) == GuestAddr{0xc0100000});
    CHECK(machine.memory().allocate_frames(0) == GuestAddr{0xc0101000});
}

TEST_CASE("every architecture's machine can be made, and its two windows are apart", "[machine]")
{
    for (const auto& arch : arches()) {
        INFO(arch.name);
        Machine machine({.arch = &arch, .memory_bytes = 64 << 20});
        auto& memory = machine.memory();
        const auto window = memory.vmalloc_window();
        CHECK(window.bytes >= (8 << 20));
        CHECK_FALSE(memory.in_direct_map(window.start));
        CHECK_FALSE(window.contains(arch.page_offset));
        const auto area = memory.vmalloc(1);
        REQUIRE(area);
        memory.store_word(*area, 0x12345678);
        CHECK(memory.load_word(*area) == 0x12345678);
        const auto image = memory.allocate_image(64);
        memory.store_word(image, 1);
        CHECK(memory.load_word(image) == 1);
    }
}

TEST_CASE("a machine that cannot be is refused with the number that is wrong", "[machine]")
{
    CHECK_THROWS_WITH(Machine({.memory_bytes = 12345}), Contains("12345 bytes is not whole pages"));
    CHECK_THROWS_WITH(Machine({.memory_bytes = 4096}), Contains("less than i386 needs"));
    CHECK_THROWS_WITH(Machine({.memory_bytes = std::uint64_t{4} << 30}), Contains("more than i386 can map"));
    CHECK_THROWS_WITH(Machine({.memory_bytes = std::uint64_t{1008} << 20}), Contains("past 0xff000000"));
    CHECK_THROWS_WITH(Machine({.vmalloc_start = GuestAddr{0xc1000000}}), Contains("overlaps the direct map"));
    CHECK_THROWS_WITH(Machine({.vmalloc_start = GuestAddr{0xc8800001}}), Contains("not on a page"));
    CHECK_THROWS_WITH(Machine({.arch = find_arch("mips"), .memory_bytes = 500 << 20}), Contains("0x9ffe0000"));
    CHECK_THROWS_AS(Machine({.uts_release = std::string(64, 'x')}), std::invalid_argument);
}

TEST_CASE("a table is made when it is first asked for, and keeps its rows", "[machine][tables]")
{
    Machine machine;
    auto devices = machine.table<Device>();
    CHECK(devices.size() == 0);
    devices.insert()->major = 254;
    devices.insert()->major = 10;
    machine.single<Clock>().jiffies = 7;

    auto again = machine.table<Device>();
    REQUIRE(again.find(1));
    CHECK(again.find(0)->major == 254);
    CHECK(again.find(1)->major == 10);
    CHECK(again.number_of(*again.find(1)) == 1);
    CHECK(machine.single<Clock>().jiffies == 7);
    CHECK(machine.table<Clock>().size() == 1);
}

TEST_CASE("a row number from outside finds only rows in use", "[machine][tables]")
{
    Machine machine;
    auto devices = machine.table<Device>();
    auto* row = devices.insert();
    CHECK_FALSE(devices.find(1));
    CHECK_FALSE(devices.find(4));
    CHECK_FALSE(devices.find(std::numeric_limits<std::uint32_t>::max()));
    devices.erase(*row);
    CHECK_FALSE(devices.find(0));
}

TEST_CASE("a full table refuses a row until one is erased", "[machine][tables]")
{
    Machine machine;
    auto devices = machine.table<Device>();
    for (unsigned i = 0; i < 4; ++i) REQUIRE(devices.insert());
    CHECK_FALSE(devices.insert());
    devices.find(2)->major = 9;
    devices.erase(*devices.find(2));
    auto* row = devices.insert();
    REQUIRE(row);
    CHECK(devices.number_of(*row) == 2);
    CHECK(row->major == 0);
    CHECK(count_rows(devices) == 4);
}

TEST_CASE("a table of another shape is refused by name", "[machine][tables]")
{
    Machine machine;
    machine.table<Device>();
    CHECK_THROWS_WITH(machine.table<WiderDevice>(), Contains("table devices has 4 rows of 8 bytes, not 4 of 16"));
    CHECK_THROWS_WITH(machine.table<Enormous>(), Contains("no room for table enormous"));
}

TEST_CASE("a machine over lent bytes sees what is there and writes nothing by itself", "[machine]")
{
    const MachineOptions options{.release = find_release("2.4.0"), .smp = true, .fill = 0xa5, .uts_release = "2.4.0-test"};
    Machine first(options);
    first.table<Device>().insert()->major = 42;
    const auto area = first.memory().vmalloc(100);
    REQUIRE(area);

    std::vector<std::byte> before(first.mapping().begin(), first.mapping().begin() + machine_part_alignment);
    Machine second(first.mapping());
    CHECK(std::ranges::equal(before, second.mapping().first(machine_part_alignment)));
    CHECK(second.release().name == "2.4.0");
    CHECK(second.uts_release() == "2.4.0-test");
    CHECK(second.smp());
    CHECK(second.table<Device>().find(0)->major == 42);
    CHECK(second.memory().load<std::uint8_t>(*area) == 0xa5);
}

TEST_CASE("no number of a machine's bytes is trusted", "[machine]")
{
    using Break = std::function<void(MachineHeader&, TableHeader&)>;
    const struct {
        const char* said;
        Break damage;
    } rows[] = {
        {"not a machine", [](auto& h, auto&) { h.magic[0] = 'X'; }},
        {"other byte order", [](auto& h, auto&) { h.endian_mark = 0x04030201; }},
        {"byte order mark 0x7", [](auto& h, auto&) { h.endian_mark = 7; }},
        {"format 2 is newer", [](auto& h, auto&) { h.format = 2; }},
        {"format 0 is not known", [](auto& h, auto&) { h.format = 0; }},
        {"its header says", [](auto& h, auto&) { h.total_bytes += 4096; }},
        {"architecture has no end", [](auto& h, auto&) { std::memset(h.arch, 'a', sizeof h.arch); }},
        {"unknown architecture vax", [](auto& h, auto&) { std::strcpy(h.arch, "vax"); }},
        {"unknown release 9.9", [](auto& h, auto&) { std::strcpy(h.release, "9.9"); }},
        {"uname says has no end", [](auto& h, auto&) { std::memset(h.uts_release, 'a', sizeof h.uts_release); }},
        {"smp is 2", [](auto& h, auto&) { h.smp = 2; }},
        {"unknown compiler 77", [](auto& h, auto&) { h.compiler = 77; }},
        {"not whole pages", [](auto& h, auto&) { h.direct_bytes += 1; }},
        {"more than i386", [](auto& h, auto&) { h.direct_bytes = std::uint64_t{1} << 63; }},
        {"size is", [](auto& h, auto&) { h.direct_bytes += 64 << 10; }},
        {"vmalloc window of 0 bytes", [](auto& h, auto&) { h.vmalloc_bytes = 0; }},
        {"overlaps", [](auto& h, auto&) { h.vmalloc_start = 0xc0000000; }},
        {"direct map offset", [](auto& h, auto&) { h.direct_offset += 4096; }},
        {"vmalloc offset", [](auto& h, auto&) { h.vmalloc_offset = ~std::uint64_t{0}; }},
        {"frames offset", [](auto& h, auto&) { h.frames_offset = 0; }},
        {"vmalloc pages offset", [](auto& h, auto&) { h.vmalloc_pages_offset -= 4096; }},
        {"end of tables", [](auto& h, auto&) { h.tables_end += 4096; }},
        {"next table", [](auto& h, auto&) { h.tables_next += 8; }},
        {"257 tables", [](auto& h, auto&) { h.table_count = 257; }},
        {"table 1 has no name", [](auto& h, auto&) { h.table_count = 2; }},
        {"kernel image ends at 0x0", [](auto& h, auto&) { h.memory.image_end = 0; }},
        {"kernel text from", [](auto& h, auto&) { h.memory.text_end = 0xffffffff; }},
        {"3 pages of memory", [](auto& h, auto&) { h.memory.page_limit = 3; }},
        {"pages in use of", [](auto& h, auto&) { h.memory.frames_in_use = ~std::uint64_t{0}; }},
        {"vmalloc pages in use", [](auto& h, auto&) { h.memory.vmalloc_in_use = 1 << 30; }},
        {"next vmalloc page", [](auto& h, auto&) { h.memory.vmalloc_next = 1 << 30; }},
        {"reuse of addresses is 9", [](auto& h, auto&) { h.memory.reuse_addresses = 9; }},
        {"fill of memory is 3", [](auto& h, auto&) { h.memory.has_fill = 3; }},
        {"name has no end", [](auto&, auto& t) { std::memset(t.name, 'a', sizeof t.name); }},
        {"table 0 has no name", [](auto&, auto& t) { t.name[0] = 0; }},
        {"table devices is at 0x0", [](auto&, auto& t) { t.offset = 0; }},
        {"rows of 0 bytes", [](auto&, auto& t) { t.row_bytes = 0; }},
        {"has 0 rows", [](auto&, auto& t) { t.capacity = 0; }},
        {"uses 9 of 1 rows", [](auto&, auto& t) { t.count = 9; }},
        {"uses 1 of 5 rows, of 4", [](auto&, auto& t) { t.high_water = 5; }},
        {"too long", [](auto&, auto& t) { t.row_bytes = t.capacity = 0xffffffff; }},
        {"next table at", [](auto&, auto& t) { t.capacity = 4096; }},
    };
    for (const auto& row : rows) {
        INFO(row.said);
        Machine machine;
        machine.table<Device>().insert();
        row.damage(machine.header(), directory_row(machine, 0));
        const auto attach = [&] { Machine damaged(machine.mapping()); };
        CHECK_THROWS_AS(attach(), MachineDamaged);
        CHECK_THROWS_WITH(attach(), Contains(row.said));
    }
}

TEST_CASE("two tables of one name are refused", "[machine][tables]")
{
    Machine machine;
    machine.table<Device>();
    machine.table<Clock>();
    directory_row(machine, 1) = directory_row(machine, 0);
    CHECK_THROWS_WITH(Machine(machine.mapping()), Contains("two tables devices"));
}

TEST_CASE("bytes too short for a machine are refused", "[machine]")
{
    alignas(16) std::byte bytes[512]{};
    CHECK_THROWS_WITH(Machine(std::span(bytes)), Contains("512 bytes are too short"));
    CHECK_THROWS_WITH(Machine(std::span(bytes).first(0)), Contains("0 bytes are too short"));
}
