// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/memory/buffered_user_memory.h"

#include <catch2/catch.hpp>

#include <cstring>

using namespace retromod;
using Fit = BufferedUserMemory::Fit;
using Writable = BufferedUserMemory::Writable;

TEST_CASE("a plain buffer is whole pages with an unmapped page behind", "[memory][user]")
{
    BufferedUserMemory user(i386());
    const auto start = user.allocate(10);
    CHECK(start.value % 4096 == 0);
    CHECK(user.bytes(start, Access::write).size() == 4096);
    CHECK(user.bytes(start + 4096, Access::read).empty());
    CHECK(user.allocate(1) == start + 8192);
}

TEST_CASE("a buffer can end at its last byte, inside a page or with it", "[memory][user]")
{
    BufferedUserMemory user(i386());
    const auto inside = user.allocate(10, Fit::start);
    CHECK(user.bytes(inside, Access::read).size() == 10);
    CHECK(user.bytes(inside + 9, Access::read).size() == 1);
    CHECK(user.bytes(inside + 10, Access::read).empty());
    const auto at_end = user.allocate(10, Fit::end);
    CHECK((at_end.value + 10) % 4096 == 0);
    CHECK(user.bytes(at_end, Access::write).size() == 10);
    CHECK(user.bytes(at_end - 1, Access::read).empty());
}

TEST_CASE("text is placed with its NUL", "[memory][user]")
{
    BufferedUserMemory user(i386());
    const auto start = user.place("abc", Fit::end);
    const auto bytes = user.bytes(start, Access::read);
    REQUIRE(bytes.size() == 4);
    CHECK(std::memcmp(bytes.data(), "abc", 4) == 0);
}

TEST_CASE("a read-only buffer refuses stores to the guest, not to the host", "[memory][user]")
{
    BufferedUserMemory user(i386());
    const auto start = user.allocate(16, Fit::start, Writable::no);
    CHECK(user.bytes(start, Access::write).empty());
    CHECK(user.bytes(start, Access::read).size() == 16);
    CHECK(user.buffer(start, 16).size() == 16);
}

TEST_CASE("a range is placed at an address only where it is free and a user's", "[memory][user]")
{
    BufferedUserMemory user(i386());
    const GuestAddr at{0x08048010};
    REQUIRE(user.allocate_at(at, 100));
    CHECK(user.bytes(at, Access::read).size() == 100);
    CHECK_FALSE(user.allocate_at(at + 99, 1));
    CHECK_FALSE(user.allocate_at(at - 1, 2));
    CHECK(user.allocate_at(at + 100, 1));
    CHECK_FALSE(user.allocate_at({0xbffffff0}, 17));
    CHECK(user.allocate_at({0xbffffff0}, 16));
    CHECK_FALSE(user.allocate_at({0xc0000000}, 1));
    CHECK_FALSE(user.allocate_at({0xffffffffffffffff}, 2));
    CHECK_FALSE(user.allocate_at({0x1000}, 0));
}

TEST_CASE("a gap and a read-only part split a buffer, and what lies side by side still reads as one", "[memory][user]")
{
    BufferedUserMemory user(i386());
    const auto start = user.allocate(100, Fit::start);
    std::memset(user.buffer(start, 100).data(), 7, 100);
    user.protect(start + 40, 20, Writable::no);
    CHECK(user.bytes(start, Access::read).size() == 100);
    CHECK(user.bytes(start, Access::write).size() == 40);
    CHECK(user.bytes(start + 40, Access::write).empty());
    CHECK(user.bytes(start + 60, Access::write).size() == 40);
    user.punch(start + 90, 5);
    CHECK(user.bytes(start, Access::read).size() == 90);
    CHECK(user.bytes(start + 92, Access::read).empty());
    REQUIRE(user.bytes(start + 95, Access::read).size() == 5);
    CHECK(user.bytes(start + 95, Access::read)[0] == std::byte{7});
}

TEST_CASE("whatever changes what bytes() answers changes the generation", "[memory][user]")
{
    BufferedUserMemory user(i386());
    auto last = user.generation();
    const auto changed = [&] { return std::exchange(last, user.generation()) != user.generation(); };
    const auto start = user.allocate(8192);
    CHECK(changed());
    user.protect(start, 10, Writable::no);
    CHECK(changed());
    user.punch(start + 100, 10);
    CHECK(changed());
    CHECK(user.free(start));
    CHECK(changed());
    CHECK_FALSE(user.free(start));
    CHECK_FALSE(changed());
    user.clear();
    CHECK(changed());
}

TEST_CASE("a freed buffer is gone and its parts free the host's memory one by one", "[memory][user]")
{
    BufferedUserMemory user(i386());
    const auto start = user.allocate(4096);
    user.punch(start + 1000, 10);
    CHECK(user.free(start));
    CHECK(user.bytes(start, Access::read).empty());
    CHECK(user.bytes(start + 1010, Access::write).size() == 3086);
    CHECK(user.free(start + 1010));
    CHECK(user.bytes(start + 1010, Access::read).empty());
}

TEST_CASE("user memory that is used up is a host failure", "[memory][user]")
{
    BufferedUserMemory user(i386());
    CHECK_THROWS_AS(user.allocate(0xc0000000), std::length_error);
    CHECK_THROWS_AS(user.allocate(~std::uint64_t{0}), std::length_error);
}
