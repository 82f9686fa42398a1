// SPDX-License-Identifier: GPL-2.0-or-later
// The kernel's vsprintf and vsnprintf. Integers are as wide as the kernel's and wrap as they do.
#include "emu/kernel/format.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/log.h"
#include "emu/kernel/text_rules.h"
#include "emu/kernel/text_target.h"

#include <algorithm>
#include <cstdint>

namespace retromod {
namespace {

/// A kernel int that may have wrapped.
std::int32_t wrapped(std::int64_t value) { return static_cast<std::int32_t>(static_cast<std::uint32_t>(value)); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Differs from 2.4.37.11: no stack dump follows.
void report_negative_size(Kernel& kernel)
{
    auto& row = kernel.machine().single<VsnprintfRow>();
    if (!row.warned) kernel.log().write("<4>improper call of vsnprintf!\n");
    row.warned = 1;
}

/// strnlen of guest memory. Throws KernelFault where memory ends before.
std::uint64_t bounded_length(const AddressSpace& memory, GuestAddr at, std::uint64_t limit)
{
    constexpr std::uint64_t likely_text = 64;
    std::uint64_t length = 0;
    while (length < limit) {
        const auto known = memory.bytes(at + length, Access::read, likely_text);
        if (known.empty()) (void)memory.load<std::uint8_t>(at + length);
        const auto part = known.first(std::min<std::uint64_t>(known.size(), limit - length));
        const auto nul = std::ranges::find(part, std::byte{0});
        length += static_cast<std::uint64_t>(nul - part.begin());
        if (nul != part.end()) break;
    }
    return length;
}

/// One conversion as written: "%-08.3lx".
struct Conversion {
    bool left = false, plus = false, space = false, alternate = false, zero = false;
    std::int32_t width = -1, precision = -1;
    char qualifier = 0; ///< h, l, L (64 bits), Z (size_t); 0: none
    char letter = 0;
};

class Formatter {
public:
    Formatter(Kernel& kernel, std::string_view format, ArgCursor& arguments, TextTarget& target)
        : kernel_(kernel), rules_(text_rules(kernel)), format_(format), arguments_(arguments), out_(target) {}

    void run()
    {
        while (at_ < format_.size()) {
            const auto percent = std::min(format_.find('%', at_), format_.size());
            out_.put(format_.substr(at_, percent - at_));
            at_ = percent + 1;
            if (percent < format_.size()) convert(parse());
        }
    }

private:
    char peek() const { return at_ < format_.size() ? format_[at_] : '\0'; }

    std::int32_t number_in_format()
    {
        std::int32_t value = 0;
        while (is_digit(peek())) value = wrapped(std::int64_t{value} * 10 + (format_[at_++] - '0'));
        return value;
    }
    std::int32_t next_int() { return static_cast<std::int32_t>(arguments_.next_word()); }

    void parse_flags(Conversion& c)
    {
        for (;; ++at_) {
            switch (peek()) {
            case '-': c.left = true; break;
            case '+': c.plus = true; break;
            case ' ': c.space = true; break;
            case '#': c.alternate = true; break;
            case '0': c.zero = true; break;
            default: return;
            }
        }
    }

    void parse_width(Conversion& c)
    {
        if (is_digit(peek())) {
            c.width = number_in_format();
        } else if (peek() == '*') {
            ++at_;
            c.width = next_int();
            c.left |= c.width < 0;
            if (c.width < 0) c.width = wrapped(-std::int64_t{c.width});
        }
    }

    void parse_precision(Conversion& c)
    {
        if (peek() != '.') return;
        ++at_;
        if (is_digit(peek())) {
            c.precision = number_in_format();
        } else if (peek() == '*') {
            ++at_;
            c.precision = next_int();
        }
        c.precision = std::max(c.precision, 0);
    }

    void parse_qualifier(Conversion& c)
    {
        const char letter = peek();
        if (!letter || rules_.print_qualifiers.find(letter) == std::string_view::npos) return;
        ++at_;
        c.qualifier = rules_.size_qualifiers.find(letter) != std::string_view::npos ? 'Z' : letter;
        if (rules_.doubles_l && letter == 'l' && peek() == 'l') {
            ++at_;
            c.qualifier = 'L';
        }
    }

    Conversion parse()
    {
        Conversion c;
        parse_flags(c);
        parse_width(c);
        parse_precision(c);
        parse_qualifier(c);
        c.letter = peek();
        if (c.letter) ++at_;
        return c;
    }

    void convert(Conversion c)
    {
        switch (c.letter) {
        case 'c': character(c); break;
        case 's': string(c); break;
        case 'p': pointer(c); break;
        case 'n': store_count(c); break;
        case '%': out_.put("%"); break;
        case 'o': number(c, integer(c, false), 8, false); break;
        case 'x':
        case 'X': number(c, integer(c, false), 16, false); break;
        case 'd':
        case 'i': number(c, integer(c, true), 10, true); break;
        case 'u': number(c, integer(c, false), 10, false); break;
        default:
            out_.put("%");
            if (c.letter) out_.put({&c.letter, 1});
        }
    }

    /// The kernel's `while (count-- > 0)` with a character each.
    void repeat_down(std::int32_t& count, char c)
    {
        out_.repeat(c, static_cast<std::uint64_t>(std::max(count, 0)));
        count = wrapped(std::int64_t{std::min(count, 0)} - 1);
    }

    /// The kernel's `while (--width > 0)` with a blank each.
    void blanks_before_one(std::int32_t& width)
    {
        width = wrapped(std::int64_t{width} - 1);
        out_.repeat(' ', static_cast<std::uint64_t>(std::max(width, 0)));
        width = std::min(width, 0);
    }

    void character(Conversion& c)
    {
        if (!c.left) blanks_before_one(c.width);
        const char letter = static_cast<char>(arguments_.next_word());
        out_.put({&letter, 1});
        blanks_before_one(c.width);
    }

    void string(Conversion& c)
    {
        constexpr std::string_view null_text = "<NULL>";
        const GuestAddr at{arguments_.next_word()};
        const bool is_null = at.value < (rules_.first_page_is_null ? kernel_.arch().page_bytes : 1);
        const auto limit = c.precision >= 0 ? static_cast<std::uint64_t>(c.precision) : UINT64_MAX;
        const auto length = is_null ? std::min<std::uint64_t>(null_text.size(), limit)
                                    : bounded_length(kernel_.memory(), at, limit);
        const auto fill = static_cast<std::uint64_t>(std::max<std::int64_t>(c.width - static_cast<std::int64_t>(length), 0));
        if (!c.left) out_.repeat(' ', fill);
        if (is_null) out_.put(null_text.substr(0, length));
        else out_.copy(kernel_.memory(), at, length);
        if (c.left) out_.repeat(' ', fill);
    }

    void pointer(Conversion c)
    {
        if (c.width == -1) {
            c.width = static_cast<std::int32_t>(2 * kernel_.arch().word_bytes);
            c.zero = true;
        }
        number(c, arguments_.next_word(), 16, false);
    }

    void store_count(const Conversion& c)
    {
        const GuestAddr at{arguments_.next_word()};
        if (c.qualifier == 'l' || c.qualifier == 'Z') kernel_.memory().store_word(at, out_.written());
        else kernel_.memory().store<std::uint32_t>(at, static_cast<std::uint32_t>(out_.written()));
    }

    std::uint64_t integer(const Conversion& c, bool with_sign)
    {
        if (c.qualifier == 'L' && rules_.has_long_long) return arguments_.next_wide();
        const auto word = arguments_.next_word();
        if (c.qualifier == 'Z') return word;
        if (c.qualifier == 'l') return with_sign ? static_cast<std::uint64_t>(kernel_.arch().signed_word(word)) : word;
        if (c.qualifier == 'h')
            return with_sign ? static_cast<std::uint64_t>(static_cast<std::int16_t>(word)) : static_cast<std::uint16_t>(word);
        return with_sign ? static_cast<std::uint64_t>(static_cast<std::int32_t>(word)) : static_cast<std::uint32_t>(word);
    }

    std::string digits_of(std::uint64_t value, unsigned base, bool large) const
    {
        const std::string_view numerals = large ? "0123456789ABCDEF" : "0123456789abcdef";
        if (divides_32_bits(kernel_.arch())) value = static_cast<std::uint32_t>(value);
        std::string digits;
        do {
            digits += numerals[value % base];
            value /= base;
        } while (value);
        std::ranges::reverse(digits);
        return digits;
    }

    std::string_view sign_of(const Conversion& c, bool with_sign, bool negative) const
    {
        if (!with_sign) return "";
        if (negative) return "-";
        return c.plus ? "+" : c.space ? " " : "";
    }

    void number(const Conversion& c, std::uint64_t value, unsigned base, bool with_sign)
    {
        const bool large = c.letter == 'X';
        const bool negative = with_sign && static_cast<std::int64_t>(value) < 0;
        const auto sign = sign_of(c, with_sign, negative);
        const std::string_view prefix = !c.alternate ? "" : base == 8 ? "0" : base == 16 ? (large ? "0X" : "0x") : "";
        const auto digits = digits_of(negative ? 0 - value : value, base, large);
        const auto count = static_cast<std::int32_t>(digits.size());
        const auto precision = std::max(c.precision, count);
        auto size = wrapped(std::int64_t{c.width} - static_cast<std::int64_t>(sign.size() + prefix.size()) - precision);
        if (!c.left && !c.zero) repeat_down(size, ' ');
        out_.put(sign);
        out_.put(prefix);
        if (!c.left) repeat_down(size, c.zero ? '0' : ' ');
        out_.repeat('0', static_cast<std::uint64_t>(precision - count));
        out_.put(digits);
        repeat_down(size, ' ');
    }

    Kernel& kernel_;
    const TextRules& rules_;
    std::string_view format_;
    ArgCursor& arguments_;
    TextTarget& out_;
    std::size_t at_ = 0;
};

} // namespace

std::string format_text(Kernel& kernel, std::string_view format, ArgCursor& arguments, std::size_t capacity)
{
    HostText text(capacity);
    Formatter(kernel, format, arguments, text).run();
    return text.take();
}

std::int32_t format_into(Kernel& kernel, GuestAddr buffer, std::string_view format, ArgCursor& arguments)
{
    GuestBuffer target(kernel.memory(), buffer, {UINT64_MAX});
    Formatter(kernel, format, arguments, target).run();
    kernel.memory().store<std::uint8_t>(target.at(), 0);
    return wrapped(static_cast<std::int64_t>(target.written()));
}

// Source: vsnprintf: a size that goes round the end of the address space ends there.
std::int32_t format_into(Kernel& kernel, GuestAddr buffer, std::uint64_t bytes, std::string_view format, ArgCursor& arguments)
{
    const auto& arch = kernel.arch();
    auto& memory = kernel.memory();
    if (text_rules(kernel).refuses_negative_size && static_cast<std::int32_t>(bytes) < 0) {
        report_negative_size(kernel);
        return 0;
    }
    GuestAddr last{arch.word(buffer.value + bytes - 1)};
    if (last.value < arch.word(buffer.value - 1)) {
        last = {arch.word(UINT64_MAX)};
        bytes = last - buffer + 1;
    }
    GuestBuffer target(memory, buffer, last);
    Formatter(kernel, format, arguments, target).run();
    if (target.at() <= last) memory.store<std::uint8_t>(target.at(), 0);
    else if (bytes) memory.store<std::uint8_t>(last, 0);
    return wrapped(static_cast<std::int64_t>(target.written()));
}

} // namespace retromod
