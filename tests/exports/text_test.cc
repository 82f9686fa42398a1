// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/memory/buffered_user_memory.h"
#include "tests/exports/guest.h"

#include <catch2/catch.hpp>

using namespace retromod;

namespace {

/// sprintf with one argument.
std::string format(Guest& guest, std::string_view pattern, std::uint64_t argument, std::uint64_t second = 0)
{
    const auto into = guest.buffer(256);
    const auto length = guest.call("sprintf", {into.value, guest.text(pattern), argument, second});
    const auto text = guest.load_text(into);
    CHECK(length == static_cast<std::int64_t>(text.size()));
    return text;
}

} // namespace

TEST_CASE("sprintf makes what the kernel's vsprintf makes of flags, widths and precisions", "[exports][text]")
{
    Guest guest;
    constexpr std::uint64_t minus_5 = 0xfffffffb;
    CHECK(format(guest, "[%d]", minus_5) == "[-5]");
    CHECK(format(guest, "[%u]", minus_5) == "[4294967291]");
    CHECK(format(guest, "[%5d|", 42) == "[   42|");
    CHECK(format(guest, "[%-5d|", 42) == "[42   |");
    CHECK(format(guest, "[%05d|", minus_5) == "[-0005|");
    CHECK(format(guest, "[%+d|", 7) == "[+7|");
    CHECK(format(guest, "[% d|", 7) == "[ 7|");
    CHECK(format(guest, "[%.4d|", 7) == "[0007|");
    CHECK(format(guest, "[%x %X|", 0xbeef, 0xbeef) == "[beef BEEF|");
    CHECK(format(guest, "[%#x|", 0xbeef) == "[0xbeef|");
    CHECK(format(guest, "[%#o|", 8) == "[010|");
    CHECK(format(guest, "[%*d|", 6, 42) == "[    42|");
    CHECK(format(guest, "[%hd|", 0x1ffff) == "[-1|");
    CHECK(format(guest, "[%Ld|", 1, 1) == "[4294967297|");
    CHECK(format(guest, "[%lld|", 0xffffffff, 0xffffffff) == "[-1|");
    CHECK(format(guest, "[%c%%|", 'x') == "[x%|");
    CHECK(format(guest, "[%q|", 0) == "[%q|");
    CHECK(format(guest, "[%p|", 0xc0100000) == "[c0100000|");
    CHECK(format(guest, "[%p|", 0x12) == "[00000012|");
}

TEST_CASE("%s takes a precision, and a pointer into the first page is <NULL>", "[exports][text]")
{
    Guest guest;
    const auto name = guest.text("retro");
    CHECK(format(guest, "[%s|", name) == "[retro|");
    CHECK(format(guest, "[%8s|", name) == "[   retro|");
    CHECK(format(guest, "[%-8.3s|", name) == "[ret     |");
    CHECK(format(guest, "[%s|", 0) == "[<NULL>|");
    Guest last("2.4.37.11"); // earlier ones know NULL alone
    CHECK(format(last, "[%s|", 4095) == "[<NULL>|");
}

TEST_CASE("%s of a pointer that leads nowhere is an oops, not a text", "[exports][text]")
{
    Guest guest;
    guest.call("sprintf", {guest.buffer(64).value, guest.text("%s"), 0xfffff000});
    CHECK(guest.outcome().kind == Outcome::Kind::oops);
    CHECK(guest.log().find("Unable to handle kernel paging request at virtual address fffff000") != std::string::npos);
}

TEST_CASE("snprintf stores what fits and returns the length that all of it has", "[exports][text]")
{
    Guest guest;
    const auto into = guest.buffer(64);
    guest.memory().fill(into, 64, std::byte{'#'});
    CHECK(guest.call("snprintf", {into.value, 4, guest.text("%d"), 123456}) == 6);
    CHECK(guest.load_text(into) == "123");
    CHECK(guest.memory().load<std::uint8_t>(into + 4) == '#');
    CHECK(guest.call("snprintf", {into.value, 0, guest.text("%d"), 7}) == 1);
    CHECK(guest.load_text(into) == "123");
}

TEST_CASE("simple_strtoul tells the base by its prefix and says where it stopped", "[exports][text]")
{
    Guest guest;
    const auto end = guest.buffer(4);
    const auto parse = [&](std::string_view text, unsigned base) {
        const auto at = guest.text(text);
        const auto value = guest.call("simple_strtoul", {at, end.value, base});
        return std::pair(value, guest.memory().load<std::uint32_t>(end) - at);
    };
    CHECK(parse("42x", 0) == std::pair<std::int64_t, std::uint32_t>(42, 2));
    CHECK(parse("0x1F,", 0) == std::pair<std::int64_t, std::uint32_t>(31, 4));
    CHECK(parse("017", 0) == std::pair<std::int64_t, std::uint32_t>(15, 3));
    CHECK(parse("0x", 0) == std::pair<std::int64_t, std::uint32_t>(0, 1));
    CHECK(parse("ff", 16) == std::pair<std::int64_t, std::uint32_t>(255, 2));
    CHECK(parse("none", 10) == std::pair<std::int64_t, std::uint32_t>(0, 0));
    CHECK(guest.call("simple_strtol", {guest.text("-12"), 0, 10}) == -12);
}

TEST_CASE("sscanf converts, skips and counts", "[exports][text]")
{
    Guest guest;
    const auto number = guest.buffer(4), word = guest.buffer(32);
    CHECK(guest.call("sscanf", {guest.text("io=0x300 irq seven"), guest.text("io=%i irq %s"), number.value, word.value}) == 2);
    CHECK(guest.memory().load<std::uint32_t>(number) == 0x300);
    CHECK(guest.load_text(word) == "seven");
    CHECK(guest.call("sscanf", {guest.text("1 -2"), guest.text("%*d %d"), number.value}) == 1);
    CHECK(guest.memory().load<std::int32_t>(number) == -2);
    CHECK(guest.call("sscanf", {guest.text("abc"), guest.text("%d"), number.value}) == 0);
}

TEST_CASE("strtok remembers its place in the kernel's ___strtok", "[exports][text]")
{
    Guest guest;
    const auto text = guest.text("io=5,,irq=7"), comma = guest.text(",");
    CHECK(guest.load_text({static_cast<std::uint32_t>(guest.call("strtok", {text, comma}))}) == "io=5");
    CHECK(guest.load_text({static_cast<std::uint32_t>(guest.call("strtok", {0, comma}))}) == "irq=7");
    CHECK(guest.call("strtok", {0, comma}) == 0);
}

TEST_CASE("get_options reads a list of numbers and says where it ended", "[exports][text]")
{
    Guest guest;
    const auto ints = guest.buffer(64);
    const auto text = guest.text("3,0x10,-2;rest");
    CHECK(static_cast<std::uint32_t>(guest.call("get_options", {text, 8, ints.value})) == text + 9);
    CHECK(guest.memory().load<std::int32_t>(ints) == 3);
    CHECK(guest.memory().load<std::int32_t>(ints + 8) == 16);
    CHECK(guest.memory().load<std::int32_t>(ints + 12) == -2);
}

TEST_CASE("printk cuts one call at 1,023 characters, and the next one goes on in that line", "[exports][text]")
{
    Guest guest;
    const std::string longer(1400, 'A');
    CHECK(guest.call("printk", {guest.text("<6>" + longer + "\n")}) == 1404);
    guest.call("printk", {guest.text("<6>next\n")});
    CHECK(guest.log() == "<6>" + longer.substr(0, 1020) + "<6>next\n");
    Guest older("2.4.0"); // its vsprintf knows no end
    older.call("printk", {older.text("<6>" + longer + "\n")});
    CHECK(older.log() == "<6>" + longer + "\n");
}

TEST_CASE("copy_to_user from memory that ends early returns what is left", "[exports][text]")
{
    Guest guest;
    auto* const before = guest.memory().user_memory();
    BufferedUserMemory user(guest.kernel().arch());
    guest.memory().set_user_memory(&user);
    const auto into = user.allocate(200);
    const auto end = guest.memory().vmalloc(4096).value() + 4096;
    CHECK(guest.call("__generic_copy_to_user", {into.value, (end - std::uint64_t{8}).value, 100}) == 92);
    CHECK(guest.call("__generic_copy_to_user", {into.value, (end - std::uint64_t{6}).value, 100}) == 96); // a word is copied whole
    CHECK(guest.call("__generic_copy_from_user", {(end - std::uint64_t{8}).value, into.value, 100}) == 92);
    CHECK(guest.outcome().kind == Outcome::Kind::done);
    guest.memory().set_user_memory(before);
}
