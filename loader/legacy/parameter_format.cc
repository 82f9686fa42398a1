// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/legacy/parameter_format.h"

namespace retromod {
namespace {

unsigned digit_value(char c)
{
    if (is_digit(c)) return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'z') return static_cast<unsigned>(c - 'a') + 10;
    if (c >= 'A' && c <= 'Z') return static_cast<unsigned>(c - 'A') + 10;
    return 255;
}

/// Cuts off `0x` or finds the octal `0`.
unsigned take_base(Cursor& cursor)
{
    if (cursor.peek() != '0') return 10;
    if ((cursor.peek_next() == 'x' || cursor.peek_next() == 'X') && cursor.rest.size() > 2 &&
        digit_value(cursor.rest[2]) < 16) {
        cursor.rest.remove_prefix(2);
        return 16;
    }
    return 8;
}

} // namespace

std::uint64_t take_unsigned(Cursor& cursor, unsigned base, unsigned word_bytes)
{
    const auto start = cursor;
    const std::uint64_t largest = word_bytes == 8 ? ~std::uint64_t{0} : 0xffffffff;
    while (is_blank(cursor.peek())) cursor.next();
    const bool negative = cursor.peek() == '-';
    if (negative || cursor.peek() == '+') cursor.next();
    if (base == 0) base = take_base(cursor);
    std::uint64_t value = 0;
    bool any = false;
    bool too_large = false;
    for (; digit_value(cursor.peek()) < base; cursor.next()) {
        const auto digit = digit_value(cursor.peek());
        any = true;
        too_large |= value > (largest - digit) / base;
        value = value * base + digit;
    }
    if (!any) {
        cursor = start;
        return 0;
    }
    if (too_large) return largest;
    return (negative ? 0 - value : value) & largest;
}

ParameterFormat parse_parameter_format(std::string_view text)
{
    constexpr unsigned decimal = 10;
    constexpr unsigned host_word = 4; // modutils was a 32-bit program where these modules lived
    ParameterFormat format;
    Cursor cursor{text};
    if (is_digit(cursor.peek())) {
        format.min = static_cast<int>(take_unsigned(cursor, decimal, host_word));
        format.max = format.min;
        if (cursor.peek() == '-') {
            cursor.next();
            format.max = static_cast<int>(take_unsigned(cursor, decimal, host_word));
        }
    }
    format.type = cursor.rest;
    return format;
}

} // namespace retromod
