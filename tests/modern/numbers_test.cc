// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/modern/numbers.h"

#include <catch2/catch.hpp>

#include <limits>

using namespace retromod;

TEST_CASE("a number is the whole text: prefixes, a plus and one newline are taken, nothing else", "[modern][numbers]")
{
    const auto value = [](std::string_view text) { return *parse_unsigned(text, 0); };
    CHECK(value("10") == 10);
    CHECK(value("+10") == 10);
    CHECK(value("0x1F") == 31);
    CHECK(value("017") == 15);
    CHECK(value("7\n") == 7);
    CHECK(value("18446744073709551615") == ~std::uint64_t{0});
    for (const auto* text : {"", "x", "1.5", "0x", "09", "0b11", " 5", "5 ", "7\n\n", "-1"}) {
        INFO(text);
        const auto wrong = parse_unsigned(text, 0);
        REQUIRE(!wrong);
        CHECK(wrong.error() == Errno::einval);
    }
    CHECK(parse_unsigned("18446744073709551616", 0).error() == Errno::erange);
}

TEST_CASE("a signed number reaches from -2^63 to 2^63 - 1", "[modern][numbers]")
{
    CHECK(*parse_signed("-9223372036854775808", 0) == std::numeric_limits<std::int64_t>::min());
    CHECK(*parse_signed("9223372036854775807", 0) == std::numeric_limits<std::int64_t>::max());
    CHECK(parse_signed("9223372036854775808", 0).error() == Errno::erange);
    CHECK(parse_signed("-9223372036854775809", 0).error() == Errno::erange);
    CHECK(parse_signed("--5", 0).error() == Errno::einval);
    CHECK(parse_signed("-", 0).error() == Errno::einval);
}

TEST_CASE("of a bool only the first letter counts, of on and off the second", "[modern][numbers]")
{
    for (const auto* text : {"y", "Yes", "true", "1", "10", "on", "oN"}) CHECK(*parse_bool(text));
    for (const auto* text : {"n", "No", "false", "0", "off", "OFF"}) CHECK_FALSE(*parse_bool(text));
    for (const auto* text : {"", "2", "maybe", "o", "ox"}) CHECK(parse_bool(text).error() == Errno::einval);
}
