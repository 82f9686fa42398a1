// SPDX-License-Identifier: GPL-2.0-or-later
// Source: lib/kstrtox.c.
#include "loader/modern/numbers.h"

#include <limits>

namespace retromod {
namespace {

int digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 16;
}

char at(std::string_view text, std::size_t index) { return index < text.size() ? text[index] : '\0'; }

bool has_hex_prefix(std::string_view text) { return at(text, 0) == '0' && (at(text, 1) | 0x20) == 'x'; }

} // namespace

ErrnoOr<std::uint64_t> parse_unsigned(std::string_view text, unsigned base)
{
    if (text.starts_with('+')) text.remove_prefix(1);
    if (base == 0) {
        if (at(text, 0) == '0') base = has_hex_prefix(text) && digit(at(text, 2)) < 16 && at(text, 2) ? 16 : 8;
        else base = 10;
    }
    if (base == 16 && has_hex_prefix(text)) text.remove_prefix(2);
    std::uint64_t value = 0;
    std::size_t used = 0;
    bool overflow = false;
    for (; used < text.size() && static_cast<unsigned>(digit(text[used])) < base; ++used) {
        const auto next = static_cast<std::uint64_t>(digit(text[used]));
        overflow = overflow || value > (std::numeric_limits<std::uint64_t>::max() - next) / base;
        value = value * base + next;
    }
    if (overflow) return Errno::erange;
    if (used == 0) return Errno::einval;
    text.remove_prefix(used);
    if (text.starts_with('\n')) text.remove_prefix(1);
    if (!text.empty()) return Errno::einval;
    return value;
}

ErrnoOr<std::int64_t> parse_signed(std::string_view text, unsigned base)
{
    const bool negative = text.starts_with('-');
    // Behind a minus no plus may stand.
    if (negative && at(text, 1) == '+') return Errno::einval;
    const auto magnitude = parse_unsigned(negative ? text.substr(1) : text, base);
    if (!magnitude) return magnitude.error();
    const auto value = static_cast<std::int64_t>(negative ? 0 - *magnitude : *magnitude);
    if (negative ? value > 0 : value < 0) return Errno::erange;
    return value;
}

ErrnoOr<bool> parse_bool(std::string_view text)
{
    constexpr std::string_view yes = "yYtT1", no = "nNfF0";
    const char first = at(text, 0);
    if (first && yes.find(first) != yes.npos) return true;
    if (first && no.find(first) != no.npos) return false;
    if ((first | 0x20) != 'o') return Errno::einval;
    const char second = static_cast<char>(at(text, 1) | 0x20);
    if (second == 'n') return true;
    if (second == 'f') return false;
    return Errno::einval;
}

} // namespace retromod
