// SPDX-License-Identifier: GPL-2.0-or-later
// Numbers in texts, and the kernel's sscanf.
#include "emu/exports/core/scan.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/text_rules.h"

#include <algorithm>
#include <limits>
#include <span>
#include <utility>

namespace retromod {
namespace {

/// Guest memory character by character, a stretch at a time. Stores into the stretch are seen.
class GuestCharacters {
public:
    explicit GuestCharacters(const AddressSpace& memory) : memory_(memory) {}

    char at(GuestAddr address) const
    {
        if (address < start_ || address - start_ >= known_.size()) {
            constexpr std::uint64_t likely_text = 64;
            known_ = memory_.bytes(address, Access::read, likely_text);
            start_ = address;
            if (known_.empty()) return static_cast<char>(memory_.load<std::uint8_t>(address)); // the fault
        }
        return static_cast<char>(known_[address - start_]);
    }

private:
    const AddressSpace& memory_;
    mutable std::span<std::byte> known_;
    mutable GuestAddr start_;
};

// lib/ctype.c: Latin-1's no-break space is a space.
bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r') || c == '\xa0'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// 0 to 15, or 16 for another character.
unsigned digit_value(char c)
{
    if (is_digit(c)) return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
    return 16;
}

/// The number that starts at character 0 of `at(n)`.
template <class At>
ParsedNumber parse_digits(At at, unsigned base)
{
    ParsedNumber number;
    if (base == 0) {
        base = 10;
        if (at(0) == '0') {
            base = 8;
            if (at(1) == 'x' && digit_value(at(2)) < 16) {
                base = 16;
                number.used = 2;
            }
        }
    }
    for (unsigned digit; (digit = digit_value(at(number.used))) < std::min(base, 16u); ++number.used)
        number.value = number.value * base + digit;
    return number;
}

class Scanner {
public:
    Scanner(Kernel& kernel, GuestAddr text, std::string_view format, ArgCursor& arguments)
        : memory_(kernel.memory()), rules_(text_rules(kernel)), word_bytes_(kernel.arch().word_bytes), characters_(memory_),
          start_(text), text_(text), format_(format), arguments_(arguments)
    {
    }

    std::int32_t run()
    {
        while (format_char() && text_char()) {
            if (is_space(format_char())) {
                while (is_space(format_char())) ++at_;
                skip_spaces();
            }
            const char expected = format_char();
            if (!expected) break;
            ++at_;
            if (expected == '%' ? !convert() : take() != expected) break;
        }
        return count_;
    }

private:
    char format_char() const { return at_ < format_.size() ? format_[at_] : '\0'; }
    char text_char() const { return characters_.at(text_); }
    char take()
    {
        const char c = text_char();
        text_ += 1;
        return c;
    }
    void skip_spaces()
    {
        while (is_space(text_char())) text_ += 1;
    }
    GuestAddr next_pointer() { return {arguments_.next_word()}; }

    /// `%*`: format and text go on at their next space.
    void skip_conversion()
    {
        while (format_char() && !is_space(format_char())) ++at_;
        while (text_char() && !is_space(text_char())) text_ += 1;
    }

    void parse_width()
    {
        if (rules_.width_ends) width_ = -1;
        if (!is_digit(format_char())) return;
        for (width_ = 0; is_digit(format_char()); ++at_)
            width_ = static_cast<std::int32_t>(static_cast<std::uint32_t>(width_) * 10 + digit_value(format_char()));
    }

    /// h, l, L, Z for a size_t, or 0.
    char parse_qualifier()
    {
        const char letter = format_char();
        const bool is_size = rules_.size_qualifiers.find(letter) != std::string_view::npos;
        if (!letter || (letter != 'h' && letter != 'l' && letter != 'L' && !is_size)) return 0;
        ++at_;
        return is_size ? 'Z' : letter;
    }

    /// One conversion; false where scanning ends.
    bool convert()
    {
        if (format_char() == '*') {
            skip_conversion();
            return true;
        }
        parse_width();
        const char qualifier = parse_qualifier();
        const char letter = format_char();
        if (!letter || !text_char()) return false;
        ++at_;
        switch (letter) {
        case 'c': return characters();
        case 's': return word();
        case 'n':
            memory_.store<std::uint32_t>(next_pointer(), static_cast<std::uint32_t>(text_ - start_));
            return true;
        case 'o': return integer(qualifier, 8, false);
        case 'x':
        case 'X': return integer(qualifier, 16, false);
        case 'i': return integer(qualifier, rules_.integer_tells_base ? 0 : 10, true);
        case 'd': return integer(qualifier, 10, true);
        case 'u': return integer(qualifier, 10, false);
        case '%': return take() == '%';
        default: return false;
        }
    }

    bool characters()
    {
        auto into = next_pointer();
        if (width_ == -1) width_ = 1;
        do {
            memory_.store<std::uint8_t>(into, static_cast<std::uint8_t>(take()));
            into += 1;
        } while (take_width() > (rules_.takes_one_character ? 1 : 0) && text_char());
        ++count_;
        return true;
    }
    /// The kernel's `field_width--`.
    std::int32_t take_width()
    {
        return std::exchange(width_, static_cast<std::int32_t>(static_cast<std::uint32_t>(width_) - 1));
    }

    bool word()
    {
        auto into = next_pointer();
        if (width_ == -1) width_ = std::numeric_limits<std::int32_t>::max();
        skip_spaces();
        while (text_char() && !is_space(text_char()) && take_width() != 0) {
            memory_.store<std::uint8_t>(into, static_cast<std::uint8_t>(take()));
            into += 1;
        }
        memory_.store<std::uint8_t>(into, 0);
        ++count_;
        return true;
    }

    /// Whether a number can start at the text.
    bool starts_number(unsigned base, bool with_sign) const
    {
        char c = text_char();
        if (!rules_.takes_signs_and_letters) return is_digit(c);
        if (with_sign && c == '-') c = characters_.at(text_ + 1);
        return base == 16 ? digit_value(c) < 16 : base == 8 ? digit_value(c) < 8 : is_digit(c);
    }

    bool integer(char qualifier, unsigned base, bool with_sign)
    {
        skip_spaces();
        if (!starts_number(base, with_sign)) return false;
        const bool is_signed = with_sign && qualifier != 'Z';
        const auto bytes = qualifier == 'h' ? 2u : qualifier == 'L' ? 8u : qualifier ? word_bytes_ : 4u;
        const auto into = next_pointer();
        const auto number = is_signed ? parse_signed_number(memory_, text_, base) : parse_number(memory_, text_, base);
        memory_.store_sized(into, bytes, number.value);
        text_ += number.used;
        ++count_;
        return true;
    }

    AddressSpace& memory_;
    const TextRules& rules_;
    unsigned word_bytes_;
    GuestCharacters characters_;
    GuestAddr start_, text_;
    std::string_view format_;
    ArgCursor& arguments_;
    std::size_t at_ = 0;
    std::int32_t width_ = -1;
    std::int32_t count_ = 0;
};

} // namespace

ParsedNumber parse_number(std::string_view text, unsigned base)
{
    return parse_digits([&](std::uint64_t n) { return n < text.size() ? text[n] : '\0'; }, base);
}

ParsedNumber parse_number(const AddressSpace& memory, GuestAddr text, unsigned base)
{
    const GuestCharacters characters(memory);
    return parse_digits([&](std::uint64_t n) { return characters.at(text + n); }, base);
}

ParsedNumber parse_signed_number(const AddressSpace& memory, GuestAddr text, unsigned base)
{
    if (GuestCharacters(memory).at(text) != '-') return parse_number(memory, text, base);
    auto number = parse_number(memory, text + 1, base);
    return {0 - number.value, number.used + 1};
}

std::int32_t scan_text(Kernel& kernel, GuestAddr text, std::string_view format, ArgCursor& arguments)
{
    return Scanner(kernel, text, format, arguments).run();
}

} // namespace retromod
