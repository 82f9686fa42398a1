// SPDX-License-Identifier: GPL-2.0-or-later
// The names under which other architectures export what reads and writes user memory.
#include "tests/exports/guest.h"

#include "emu/exports/conventions/conventions.h"
#include "emu/kernel/scheduler.h"
#include "emu/kernel/symbols.h"

#include <catch2/catch.hpp>

using namespace retromod;

namespace {

/// The functions for strings of one architecture; "" where its kernel has none for modules.
struct Row {
    const char *arch, *copy, *length, *limited_length;
    bool checks_addresses; ///< else its caller has
};

const Row rows[] = {
    {"i386", "strncpy_from_user", "", "strnlen_user", true},
    {"alpha", "__strncpy_from_user", "", "__strnlen_user", true},
    {"ppc", "__strncpy_from_user", "", "__strnlen_user", true},
    {"sparc", "__strncpy_from_user", "", "", true},
    {"arm", "", "", "__arch_strnlen_user", true},
    {"mips", "__strncpy_from_user_asm", "__strlen_user_asm", "__strnlen_user_asm", true},
    {"mips", "__strncpy_from_user_nocheck_asm", "__strlen_user_nocheck_asm", "__strnlen_user_nocheck_asm", false},
    {"mipsel", "__strncpy_from_user_asm", "__strlen_user_asm", "__strnlen_user_asm", true},
    {"mipsel", "__strncpy_from_user_nocheck_asm", "__strlen_user_nocheck_asm", "__strnlen_user_nocheck_asm", false},
};

bool has(const char* name) { return *name != 0; }

GuestAddr place_text(Guest& guest, std::string_view text)
{
    return guest.calls().user_memory().place(std::as_bytes(std::span(text.data(), text.size() + 1)));
}

} // namespace

TEST_CASE("a string is copied from user memory up to its NUL or the limit, on every architecture", "[exports][user]")
{
    const auto row = GENERATE(filter([](const Row& each) { return has(each.copy); },
                                     from_range(std::begin(rows), std::end(rows))));
    CAPTURE(row.arch, row.copy);
    Guest guest("2.4.20", row.arch);
    const auto source = place_text(guest, "from user");
    const auto to = guest.buffer(32);
    CHECK(guest.call(row.copy, {to.value, source.value, 20}) == 9);
    CHECK(guest.load_text(to) == "from user");
    guest.memory().fill(to, 32, std::byte{'-'});
    CHECK(guest.call(row.copy, {to.value, source.value, 4}) == 4);
    CHECK(guest.memory().load<std::uint8_t>(to + 3) == 'm');
    CHECK(guest.memory().load<std::uint8_t>(to + 4) == '-');
    CHECK(guest.call(row.copy, {to.value, 0x10, 4}) == -14);
}

TEST_CASE("a user string's length counts its NUL, and is one more than the limit when that is reached", "[exports][user]")
{
    const auto row = GENERATE(from_range(std::begin(rows), std::end(rows)));
    CAPTURE(row.arch, row.limited_length);
    Guest guest("2.4.20", row.arch);
    const auto source = place_text(guest, "from user");
    if (has(row.limited_length)) {
        CHECK(guest.call(row.limited_length, {source.value, 100}) == 10);
        CHECK(guest.call(row.limited_length, {source.value, 4}) == 5);
        CHECK(guest.call(row.limited_length, {0x10, 4}) == 0);
    }
    if (has(row.length)) {
        CHECK(guest.call(row.length, {source.value}) == 10);
        CHECK(guest.call(row.length, {0x10}) == 0);
    }
    CHECK((has(row.copy) || has(row.limited_length)));
}

TEST_CASE("a kernel address is refused as a user string, unless the caller answers for it", "[exports][user]")
{
    const auto row = GENERATE(from_range(std::begin(rows), std::end(rows)));
    CAPTURE(row.arch);
    Guest guest("2.4.20", row.arch);
    const auto kernel_text = guest.buffer(16), to = guest.buffer(16);
    store_string(guest.kernel(), kernel_text, "abc");
    if (has(row.copy)) CHECK(guest.call(row.copy, {to.value, kernel_text.value, 16}) == (row.checks_addresses ? -14 : 3));
    if (has(row.limited_length))
        CHECK(guest.call(row.limited_length, {kernel_text.value, 16}) == (row.checks_addresses ? 0 : 4));
    CHECK((has(row.copy) || has(row.limited_length)));
}

TEST_CASE("user memory is cleared by each architecture's own name, and the bytes that are left are told", "[exports][user]")
{
    const auto [arch, name] = GENERATE(table<const char*, const char*>({{"arm", "__arch_clear_user"}, {"sparc", "__bzero"}}));
    CAPTURE(arch);
    Guest guest("2.4.20", arch);
    const auto text = place_text(guest, "secret");
    CHECK(guest.call(name, {text.value, 6}) == 0);
    CHECK(guest.load_text(text) == "");
    CHECK(guest.memory().load<std::uint8_t>(text + 5) == 0);
    CHECK(guest.call(name, {0x10, 6}) == 6);
}

TEST_CASE("mips clears user memory with the size in a2, and so the result", "[exports][user]")
{
    const auto* arch = GENERATE("mips", "mipsel");
    Guest guest("2.4.20", arch);
    const auto text = place_text(guest, "secret");
    guest.call("__bzero", {text.value, 0, 3});
    CHECK(guest.memory().load<std::uint8_t>(text + 2) == 0);
    CHECK(guest.memory().load<std::uint8_t>(text + 3) == 'r');
    const auto convention = convention_of(*find_arch(arch), LayoutVersion::v2_4_22, "__bzero");
    CHECK(convention.result_register == convention.registers[1]);
}

TEST_CASE("arm's __get_user gives the error in r0 and the value in r1; older kernels had none", "[exports][user]")
{
    const auto [name, value] = GENERATE(table<const char*, std::int64_t>(
        {{"__get_user_1", 0x78}, {"__get_user_2", 0x5678}, {"__get_user_4", 0x12345678}}));
    CAPTURE(name);
    Guest guest("2.4.20", "arm");
    const auto code = guest.buffer(28);
    const auto entry = static_cast<std::uint32_t>(guest.kernel().symbols().address(name).value().value);
    const std::uint32_t words[] = {
        0xe52de004, // str lr,[sp,#-4]!
        0xe59fc00c, // ldr ip,[pc,#12]
        0xe1a0e00f, // mov lr,pc
        0xe1a0f00c, // mov pc,ip
        0xe0800001, // add r0,r0,r1
        0xe49df004, // ldr pc,[sp],#4
        entry,
    };
    guest.memory().write_all(code, std::as_bytes(std::span(words)));
    const auto number = guest.calls().user_memory().place(std::as_bytes(std::span("\x78\x56\x34\x12", 4)));
    const auto fetch = [&](std::uint64_t from) {
        const auto outcome = guest.kernel().scheduler().call({"call_function", {code.value, from}, 6});
        return guest.kernel().arch().signed_word(outcome.result.word);
    };
    CHECK(fetch(number.value) == value);
    CHECK(fetch(0x10) == -14);
    CHECK(fetch(code.value) == -14); // the kernel's

    Guest older("2.4.0", "arm");
    CHECK_FALSE(older.kernel().symbols().address(name));
}

TEST_CASE("arm's __put_user stores as many bytes as its name says", "[exports][user]")
{
    Guest guest("2.4.20", "arm");
    const auto to = place_text(guest, "-----------");
    CHECK(guest.call("__put_user_1", {to.value, 0x41}) == 0);
    CHECK(guest.load_text(to) == "A----------");
    CHECK(guest.call("__put_user_2", {to.value, 0x4242}) == 0);
    CHECK(guest.load_text(to) == "BB---------");
    CHECK(guest.call("__put_user_4", {to.value, 0x43434343}) == 0);
    CHECK(guest.load_text(to) == "CCCC-------");
    CHECK(guest.call("__put_user_8", {to.value, 0x44444444, 0x45454545}) == 0);
    CHECK(guest.load_text(to) == "DDDDEEEE---");
    CHECK(guest.call("__put_user_4", {0x10, 1}) == -14);
}

TEST_CASE("alpha's __memsetw fills with 16 bits, the low byte first", "[exports][alpha]")
{
    Guest guest("2.4.20", "alpha");
    const auto to = guest.buffer(16);
    guest.memory().fill(to, 16, std::byte{'-'});
    guest.memory().store<std::uint8_t>(to + 15, 0);
    CHECK(guest.call("__memsetw", {to.value, 0x4241, 8}) == static_cast<std::int64_t>(to.value));
    CHECK(guest.load_text(to) == "ABABABAB-------");
}
