// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/heap.h"
#include "emu/kernel/log.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/symbols.h"
#include "tests/exports/guest.h"

#include <catch2/catch.hpp>

using namespace retromod;

namespace {

GuestAddr address(std::int64_t word) { return {static_cast<std::uint32_t>(word)}; }

} // namespace

TEST_CASE("kfree gives a block back once; a wrong pointer frees nothing", "[exports][memory]")
{
    Guest guest;
    const auto block = address(guest.call("kmalloc", {100, 0x1f0}));
    guest.call("kfree", {block.value + 4});
    CHECK(guest.kernel().heap().size_of(block) == 128);
    guest.call("kfree", {block.value});
    CHECK(guest.kernel().heap().size_of(block) == 0);
    for (const std::uint64_t wrong : {std::uint64_t{0}, block.value, std::uint64_t{0xfffff000}}) {
        guest.call("kfree", {wrong});
        CHECK(guest.outcome().kind == Outcome::Kind::done);
    }
}

TEST_CASE("kmalloc gives nothing above 128 KiB and when a test says so", "[exports][memory]")
{
    Guest guest;
    CHECK(guest.call("kmalloc", {131072, 0x1f0}) != 0);
    CHECK(guest.call("kmalloc", {131073, 0x1f0}) == 0);
    guest.kernel().heap().fail(AllocationKind::kmalloc, 1);
    CHECK(guest.call("kmalloc", {16, 0x1f0}) == 0);
    CHECK(guest.call("kmalloc", {16, 0x1f0}) != 0);
}

TEST_CASE("pages come aligned to their size and go back", "[exports][memory]")
{
    Guest guest;
    const auto before = guest.memory().free_pages();
    const auto pages = address(guest.fastcall("__get_free_pages", 0x1f0, 3));
    REQUIRE(pages);
    CHECK(pages.value % (8 * 4096) == 0);
    guest.fastcall("free_pages", static_cast<std::uint32_t>(pages.value), 3);
    CHECK(guest.memory().free_pages() <= before); // the little codes of this test stay allocated
    CHECK(guest.memory().free_pages() >= before - 1);
    const auto clear = address(guest.fastcall("get_zeroed_page", 0x1f0));
    CHECK(guest.memory().load<std::uint32_t>(clear) == 0);
}

TEST_CASE("a struct page stands for the page of its number in mem_map", "[exports][memory]")
{
    Guest guest;
    const auto page = address(guest.fastcall("_alloc_pages", 0x1f0, 0));
    const auto map = guest.memory().load_pointer(guest.kernel().symbols().variable("mem_map"));
    const auto bytes = guest.kernel().layouts().size("struct page");
    REQUIRE((page - map) % bytes == 0);
    CHECK((page - map) / bytes < guest.memory().load<std::uint32_t>(guest.kernel().symbols().variable("num_physpages")));
    CHECK(GuestStruct(guest.kernel(), "struct page", page).get("count.counter") == 1);
}

TEST_CASE("vfree of an address that is no area's start is only complained about", "[exports][memory]")
{
    Guest guest;
    const auto area = guest.call("__vmalloc", {10000, 0x1f2, 0x163});
    REQUIRE(area != 0);
    guest.call("vfree", {static_cast<std::uint32_t>(area) + 4096});
    CHECK(guest.log().find("<3>Trying to vfree() nonexistent vm area") != std::string::npos);
    guest.call("vfree", {static_cast<std::uint32_t>(area)});
    CHECK(guest.outcome().kind == Outcome::Kind::done);
    CHECK_FALSE(guest.memory().vmalloc_area(address(area)));
}

TEST_CASE("device memory of absent hardware reads all ones; ordinary memory is not device memory", "[exports][memory]")
{
    Guest guest;
    const auto registers = address(guest.call("__ioremap", {0xfebf0004, 16, 0}));
    REQUIRE(registers);
    CHECK(registers.value % 4096 == 4);
    CHECK(guest.memory().load<std::uint32_t>(registers) == 0xffffffff);
    CHECK(guest.call("__ioremap", {0x200000, 4096, 0}) == 0);
    const auto rom = address(guest.call("__ioremap", {0xc8000, 0x2000, 0}));
    CHECK(rom.value == 0xc00c8000);
    CHECK(guest.memory().load<std::uint16_t>(rom) == 0xffff);
    guest.call("iounmap", {static_cast<std::uint32_t>(registers.value)});
    CHECK_FALSE(guest.memory().vmalloc_area(registers));
}

TEST_CASE("a cache counts its objects and cannot be destroyed while some are out", "[exports][memory]")
{
    Guest guest;
    const auto code = guest.buffer(16); // mov 4(%esp), %eax; movl $0x11223344, (%eax); ret
    constexpr std::uint8_t constructor[] = {0x8b, 0x44, 0x24, 0x04, 0xc7, 0x00, 0x44, 0x33, 0x22, 0x11, 0xc3};
    guest.memory().write_all(code, std::as_bytes(std::span(constructor)));
    // kmem_cache_create(name, 64, 0, 0, constructor, NULL): the sixth argument is what lies behind the fifth, a NULL.
    const auto cache = guest.call("kmem_cache_create", {guest.text("things"), 64, 0, 0, code.value});
    REQUIRE(cache != 0);
    const auto object = guest.call("kmem_cache_alloc", {static_cast<std::uint32_t>(cache), 0x1f0});
    REQUIRE(object != 0);
    CHECK(guest.memory().load<std::uint32_t>(address(object)) == 0x11223344);
    CHECK(guest.call("kmem_cache_destroy", {static_cast<std::uint32_t>(cache)}) == 1);
    guest.call("kmem_cache_free", {static_cast<std::uint32_t>(cache), static_cast<std::uint32_t>(object)});
    CHECK(guest.call("kmem_cache_destroy", {static_cast<std::uint32_t>(cache)}) == 0);
}

TEST_CASE("copies to and from user space say how many bytes did not come across", "[exports][memory]")
{
    Guest guest;
    auto& user = guest.calls().user_memory();
    const auto kernel_side = guest.buffer(8192);
    const auto source = user.place(std::as_bytes(std::span("user data", 10)));
    CHECK(guest.call("__generic_copy_from_user", {kernel_side.value, source.value, 10}) == 0);
    CHECK(guest.load_text(kernel_side) == "user data");
    CHECK(guest.call("__generic_copy_from_user", {kernel_side.value, 0x10, 8}) == 8);
    CHECK(guest.memory().load<std::uint32_t>(kernel_side) == 0);
    CHECK(guest.call("__generic_copy_from_user", {kernel_side.value, 0xbffffffc, 8}) == 8); // ends above TASK_SIZE
    CHECK(guest.call("__generic_copy_to_user", {0x10, kernel_side.value, 8}) == 8);
    CHECK(guest.call("strnlen_user", {source.value, 100}) == 10);
    CHECK(guest.call("strnlen_user", {source.value, 4}) == 5);
    CHECK(guest.call("strnlen_user", {0x10, 100}) == 0);
}
