// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/machine/machine.h"
#include "emu/memory/buffered_user_memory.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>

using namespace retromod;

namespace {

struct Fixture {
    Machine machine{MachineOptions{.memory_bytes = 16 << 20}};
    AddressSpace& memory = machine.memory();
};

MemoryFault fault_of(const std::function<void()>& body)
{
    try {
        body();
    } catch (const KernelFault& fault) {
        return fault.fault;
    }
    FAIL("no KernelFault");
    return {};
}

} // namespace

TEST_CASE("vmalloc rounds up to pages and leaves a guard page", "[memory][vmalloc]")
{
    Fixture f;
    const auto first = *f.memory.vmalloc(1);
    const auto second = *f.memory.vmalloc(4097);
    const auto third = *f.memory.vmalloc(4096);
    CHECK(first == f.memory.vmalloc_window().start);
    CHECK(second == first + 8192);
    CHECK(third == second + 12288);
    CHECK(f.memory.bytes(first, Access::write).size() == 4096);
    CHECK(f.memory.bytes(first + 4096, Access::read).empty());
    const auto area = f.memory.vmalloc_area(second + 5000);
    REQUIRE(area);
    CHECK(area->start == second);
    CHECK(area->bytes == 8192);
    CHECK_FALSE(f.memory.vmalloc_area(second + 8192));
}

TEST_CASE("a freed area's address is handed out again, the lowest first, or never", "[memory][vmalloc]")
{
    const bool reuse = GENERATE(true, false);
    Machine machine{MachineOptions{.memory_bytes = 16 << 20, .reuse_addresses = reuse}};
    auto& memory = machine.memory();
    const auto first = *memory.vmalloc(4096);
    const auto second = *memory.vmalloc(4096);
    REQUIRE(memory.vfree(first));
    CHECK_FALSE(memory.vfree(first));
    CHECK_FALSE(memory.vfree(second + 8));
    CHECK((*memory.vmalloc(4096) == first) == reuse);
    const auto unmapped = memory.take_unmapped();
    REQUIRE(unmapped.size() == 1);
    CHECK(unmapped[0].start == first);
    CHECK_FALSE(memory.has_unmapped());
}

TEST_CASE("vmalloc refuses nothing, more than there is, and a size that wraps", "[memory][vmalloc]")
{
    Fixture f;
    CHECK_FALSE(f.memory.vmalloc(0));
    CHECK_FALSE(f.memory.vmalloc(0xfffffff1)); // rounds up to 0 in the guest's word
    CHECK_FALSE(f.memory.vmalloc(32 << 20));
}

TEST_CASE("a copy stops at the first byte that is not there", "[memory]")
{
    Fixture f;
    const auto area = *f.memory.vmalloc(4096);
    const std::vector<std::byte> data(100, std::byte{5});
    CHECK(f.memory.write(area + 4096 - 30, data) == 30);
    std::vector<std::byte> back(100);
    CHECK(f.memory.read(area + 4096 - 30, back) == 30);
    CHECK(back[29] == std::byte{5});
    CHECK(back[30] == std::byte{0});
}

TEST_CASE("a bad kernel access throws with the first bad address", "[memory]")
{
    Fixture f;
    const auto area = *f.memory.vmalloc(4096);
    const auto read = fault_of([&] { (void)f.memory.load<std::uint32_t>(area + 4094); });
    CHECK(read.address == area + 4096);
    CHECK(read.access == Access::read);
    CHECK_FALSE(read.mapped);
    const auto text = f.memory.allocate_text(4096);
    const auto write = fault_of([&] { f.memory.store<std::uint32_t>(text, 1); });
    CHECK(write.access == Access::write);
    CHECK(write.mapped);
}

TEST_CASE("a mapping has one protection and ends where that ends", "[memory][engine]")
{
    Fixture f;
    const auto text = f.memory.allocate_text(8192);
    const auto of_text = f.memory.mapping(text + 100);
    REQUIRE(of_text);
    CHECK(of_text->range.start == text);
    CHECK(of_text->range.bytes == 8192);
    CHECK(of_text->protection == Protection::read_execute);
    const auto before = f.memory.mapping(f.memory.arch().page_offset);
    REQUIRE(before);
    CHECK(before->range.start + before->range.bytes == text);
    const auto behind = f.memory.mapping(text + 8192);
    REQUIRE(behind);
    CHECK(behind->range.start == text + 8192);
    CHECK(behind->range.start + behind->range.bytes == f.memory.arch().page_offset + (16 << 20));
    CHECK_FALSE(f.memory.mapping({0xfffff000}));
}

TEST_CASE("user pages map only whole, as far as they go on alike", "[memory][engine][user]")
{
    Fixture f;
    BufferedUserMemory user(i386());
    f.memory.set_user_memory(&user);
    const auto whole = user.allocate(3 * 4096);
    user.protect(whole + 8192, 4096, BufferedUserMemory::Writable::no);
    const auto partial = user.allocate(100, BufferedUserMemory::Fit::start);
    const auto first = f.memory.mapping(whole);
    REQUIRE(first);
    CHECK(first->range.start == whole);
    CHECK(first->range.bytes == 8192);
    CHECK(first->protection == Protection::all);
    const auto last = f.memory.mapping(whole + 8192);
    REQUIRE(last);
    CHECK(last->range.bytes == 4096);
    CHECK(last->protection == Protection::read_execute);
    CHECK_FALSE(f.memory.mapping(partial));
    CHECK_FALSE(f.memory.mapping(whole + 3 * 4096));
}

TEST_CASE("host writes are reported once, neighbours together, and never without bound", "[memory][engine]")
{
    Fixture f;
    const auto area = *f.memory.vmalloc(1 << 20);
    f.memory.take_changed();
    f.memory.store<std::uint32_t>(area, 1);
    f.memory.store<std::uint32_t>(area + 4, 1);
    auto changed = f.memory.take_changed();
    REQUIRE(changed.size() == 1);
    CHECK(changed[0].start == area);
    CHECK(changed[0].bytes == 8);
    CHECK_FALSE(f.memory.has_changed());
    for (std::uint32_t step = 0; step < 100000; ++step)
        f.memory.store<std::uint32_t>(area + step * 8197 % (1 << 20) / 4 * 4, step);
    changed = f.memory.take_changed();
    CHECK(changed.size() <= 2048);
    for (const std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{8196}, std::uint64_t{1000000}})
        CHECK(std::ranges::any_of(changed, [&](const GuestRange& range) { return range.contains(area + offset); }));
}
