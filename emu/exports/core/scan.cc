// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/exports/core/scan.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/kernel.h"

#include <algorithm>

namespace retromod {
namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// 0 to 15, or 16 for another character.
unsigned digit_value(char c)
{
    if (is_digit(c)) return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
    return 16;
}

class Scanner {
public:
    Scanner(Kernel& kernel, std::string_view text, std::string_view format, ArgCursor& arguments)
        : kernel_(kernel), text_(text), format_(format), arguments_(arguments) {}

    std::int32_t run()
    {
        while (!format_.empty() && !text_.empty()) {
            const char c = take(format_);
            if (is_space(c)) {
                skip_spaces();
            } else if (c != '%') {
                if (text_.front() != c) break;
                text_.remove_prefix(1);
            } else if (!convert()) {
                break;
            }
        }
        return count_;
    }

private:
    static char take(std::string_view& from)
    {
        if (from.empty()) return '\0';
        const char c = from.front();
        from.remove_prefix(1);
        return c;
    }
    void skip_spaces()
    {
        while (!text_.empty() && is_space(text_.front())) text_.remove_prefix(1);
    }

    /// One conversion; false where scanning ends.
    bool convert()
    {
        char c = take(format_);
        const bool discard = c == '*';
        if (discard) c = take(format_);
        std::size_t width = 0;
        for (; is_digit(c); c = take(format_)) width = std::min<std::size_t>(width * 10 + static_cast<std::size_t>(c - '0'), 4096);
        char qualifier = 0;
        if (c == 'h' || c == 'l' || c == 'L' || c == 'Z') {
            qualifier = c;
            c = take(format_);
            if (qualifier == 'l' && c == 'l') {
                qualifier = 'L';
                c = take(format_);
            }
        }
        switch (c) {
        case 'c': return characters(discard, width ? width : 1);
        case 's': return word(discard, width ? width : text_.size());
        case 'n':
            kernel_.memory().store<std::uint32_t>(next_pointer(), static_cast<std::uint32_t>(consumed()));
            return true;
        case 'o': return integer(discard, width, qualifier, 8, false);
        case 'x':
        case 'X': return integer(discard, width, qualifier, 16, false);
        case 'd': return integer(discard, width, qualifier, 10, true);
        case 'i': return integer(discard, width, qualifier, 0, true);
        case 'u': return integer(discard, width, qualifier, 10, false);
        case '%': return take(text_) == '%';
        default: return false;
        }
    }

    GuestAddr next_pointer() { return {arguments_.next_word()}; }
    std::size_t consumed() const { return static_cast<std::size_t>(text_.data() - start_); }

    bool characters(bool discard, std::size_t width)
    {
        const auto part = text_.substr(0, width);
        if (!discard) {
            kernel_.memory().write_all(next_pointer(), std::as_bytes(std::span(part)));
            ++count_;
        }
        text_.remove_prefix(part.size());
        return true;
    }

    bool word(bool discard, std::size_t width)
    {
        skip_spaces();
        std::size_t length = 0;
        while (length < std::min(width, text_.size()) && !is_space(text_[length])) ++length;
        if (!discard) {
            store_string(kernel_, next_pointer(), text_.substr(0, length));
            ++count_;
        }
        text_.remove_prefix(length);
        return true;
    }

    bool integer(bool discard, std::size_t width, char qualifier, unsigned base, bool with_sign)
    {
        skip_spaces();
        if (text_.empty()) return false;
        auto part = width ? text_.substr(0, width) : text_;
        const bool negative = with_sign && part.front() == '-';
        if (negative) part.remove_prefix(1);
        if (base == 16 && part.size() > 2 && part[0] == '0' && (part[1] | 0x20) == 'x' && digit_value(part[2]) < 16) base = 0;
        const auto number = parse_number(part, base);
        if (number.used == 0) return false;
        text_.remove_prefix(number.used + negative);
        if (discard) return true;
        const auto value = negative ? 0 - number.value : number.value;
        const auto bytes = qualifier == 'h' ? 2u : qualifier == 'L' ? 8u : qualifier ? kernel_.arch().word_bytes : 4u;
        kernel_.memory().store_sized(next_pointer(), bytes, value);
        ++count_;
        return true;
    }

    Kernel& kernel_;
    std::string_view text_, format_;
    ArgCursor& arguments_;
    const char* start_ = text_.data();
    std::int32_t count_ = 0;
};

} // namespace

ParsedNumber parse_number(std::string_view text, unsigned base)
{
    ParsedNumber number;
    if (base == 0) {
        base = 10;
        if (text.starts_with('0')) {
            base = 8;
            if (text.size() > 2 && text[1] == 'x' && digit_value(text[2]) < 16) {
                base = 16;
                number.used = 2;
            }
        }
    }
    while (number.used < text.size() && digit_value(text[number.used]) < std::min(base, 16u))
        number.value = number.value * base + digit_value(text[number.used++]);
    return number;
}

std::int32_t scan_text(Kernel& kernel, std::string_view text, std::string_view format, ArgCursor& arguments)
{
    return Scanner(kernel, text, format, arguments).run();
}

} // namespace retromod
