// SPDX-License-Identifier: GPL-2.0-or-later
// Kernel functions with huge counts: their work is part of the budget, and of the guest's memory only.
#include "tests/exports/guest.h"

#include "emu/exports/standard_exports.h"
#include "emu/kernel/log.h"
#include "emu/kernel/scheduler.h"
#include "emu/kernel/symbols.h"

#include <catch2/catch.hpp>


#include <array>
#include <ctime>

using namespace retromod;

namespace {

constexpr RunLimits small_budget{.blocks = 2 * 100 * 20'000}; ///< two seconds of guest time
constexpr RunLimits tiny_budget{.blocks = 10 * 20'000};       ///< a tenth of one

Outcome call(Guest& guest, std::string_view name, std::initializer_list<std::uint64_t> arguments,
             const RunLimits& budget = small_budget)
{
    SystemCall call{"call_function", {guest.kernel().symbols().address(name).value().value}, 6};
    std::ranges::copy(arguments, call.arguments.begin() + 1);
    return guest.kernel().scheduler().call(call, {}, budget);
}

/// A loop in the guest that calls `name` without end: push the arguments, call, take them off, again.
Outcome call_forever(Guest& guest, std::string_view name, std::vector<std::uint32_t> arguments)
{
    auto& memory = guest.memory();
    const auto code = guest.buffer(256);
    auto at = code;
    const auto put = [&](std::uint8_t opcode, std::uint32_t operand) {
        memory.store<std::uint8_t>(at, opcode);
        memory.store<std::uint32_t>(at + 1, operand);
        at += 5;
    };
    for (auto word = arguments.rbegin(); word != arguments.rend(); ++word) put(0x68, *word); // push
    const auto entry = static_cast<std::uint32_t>(guest.kernel().symbols().address(name).value().value);
    put(0xe8, entry - static_cast<std::uint32_t>(at.value) - 5);      // call
    memory.store<std::uint16_t>(at, 0xc481);                           // add esp
    memory.store<std::uint32_t>(at + 2, static_cast<std::uint32_t>(4 * arguments.size()));
    at += 6;
    put(0xe9, static_cast<std::uint32_t>(code.value - at.value) - 5); // jmp
    return guest.kernel().scheduler().call({"call_function", {code.value}, 6}, {}, small_budget);
}

std::uint32_t area(Guest& guest, std::uint64_t bytes, char fill)
{
    const auto at = guest.memory().vmalloc(bytes).value();
    guest.memory().fill(at, bytes - 1, static_cast<std::byte>(fill));
    return static_cast<std::uint32_t>(at.value);
}

} // namespace

TEST_CASE("a loop of memset, memcpy, strlen or random bytes ends with the budget", "[exports][budget]")
{
    constexpr std::uint32_t megabytes = 8 << 20;
    Guest guest;
    const auto at = area(guest, megabytes, 'A');
    CHECK(call_forever(guest, "memset", {at, 0x41, megabytes - 1}).kind == Outcome::Kind::budget);
    CHECK(call_forever(guest, "memmove", {at, at + 1, megabytes - 8}).kind == Outcome::Kind::budget);
    CHECK(call_forever(guest, "strnlen", {at, megabytes}).kind == Outcome::Kind::budget);
    CHECK(call_forever(guest, "get_random_bytes", {at, megabytes - 1}).kind == Outcome::Kind::budget);
    CHECK(call_forever(guest, "simple_strtoul", {at, 0, 16}).kind == Outcome::Kind::budget);
}

TEST_CASE("a search that compares at every place ends with the budget", "[exports][budget]")
{
    Guest guest;
    const auto text = area(guest, 8 << 20, 'a'), wanted = area(guest, 4 << 20, 'a');
    guest.memory().store<std::uint8_t>({wanted + (4u << 20) - 2}, 'b');
    CHECK(call(guest, "strstr", {text, wanted}).kind == Outcome::Kind::budget);
}

TEST_CASE("time that a function waits is part of the budget", "[exports][budget]")
{
    Guest guest;
    CHECK(call(guest, "__delay", {0xffffffff}).kind == Outcome::Kind::budget);
    CHECK(call(guest, "autoirq_report", {0x7fffffff}).kind == Outcome::Kind::budget);
}

TEST_CASE("a copy beyond the guest's memory faults where that ends", "[exports][budget]")
{
    Guest guest;
    const auto at = static_cast<std::uint32_t>(guest.memory().vmalloc(8192).value().value);
    for (const auto* name : {"memset", "memmove", "strncpy"}) {
        INFO(name);
        const auto from = std::string_view(name) == "memset" ? 0u : guest.text("x");
        CHECK(call(guest, name, {at, from, 0xffffffff}).kind == Outcome::Kind::oops);
    }
    CHECK(guest.log().find("virtual address") != std::string::npos);
}

namespace {

/// Words that a careless driver, or an attacker, could give to anything.
constexpr std::array<std::uint64_t, 2> harmful = {0xffffffff, 0x10000000};

} // namespace

TEST_CASE("every function ends in time, whatever counts it is given", "[exports][budget]")
{
    constexpr auto longest = 20 * CLOCKS_PER_SEC; // of the host's CPU: many times what a full budget takes
    for (const auto& family : standard_exports().functions) {
        for (const auto& row : family) {
            Guest guest("2.4.20");
            if (!guest.kernel().symbols().address(row.name)) continue;
            const auto at = static_cast<std::uint64_t>(area(guest, 1 << 20, 'A'));
            for (const auto count : harmful) {
                INFO(row.name << " with " << count);
                const auto start = std::clock();
                call(guest, row.name, {at, count, count, at, count}, tiny_budget);
                call(guest, row.name, {at, at, count, count, at}, tiny_budget);
                REQUIRE(std::clock() - start < longest);
            }
        }
    }
}
