// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/format.h"

#include "emu/kernel/kernel.h"

#include <algorithm>
#include <cstdint>

namespace retromod {
namespace {

/// One conversion as written: "%-08.3lx".
struct Conversion {
    bool left = false, plus = false, space = false, alternate = false, zero = false;
    std::int64_t width = -1, precision = -1;
    char qualifier = 0; ///< h, l, L (64 bits), z
    char letter = 0;
};

class Formatter {
public:
    Formatter(Kernel& kernel, std::string_view format, ArgCursor& arguments)
        : kernel_(kernel), format_(format), arguments_(arguments) {}

    std::string run()
    {
        while (at_ < format_.size()) {
            if (format_[at_] != '%') {
                out_ += format_[at_++];
                continue;
            }
            ++at_;
            convert(parse());
        }
        return std::move(out_);
    }

private:
    char peek() const { return at_ < format_.size() ? format_[at_] : '\0'; }

    /// A decimal number or `*`; -1 when there is neither.
    std::int64_t parse_count()
    {
        if (peek() == '*') {
            ++at_;
            return static_cast<std::int32_t>(arguments_.next_word());
        }
        if (peek() < '0' || peek() > '9') return -1;
        std::int64_t value = 0;
        while (peek() >= '0' && peek() <= '9') value = std::min<std::int64_t>(value * 10 + (format_[at_++] - '0'), 1 << 20);
        return value;
    }

    Conversion parse()
    {
        Conversion c;
        for (bool more = true; more;) {
            switch (peek()) {
            case '-': c.left = true; ++at_; break;
            case '+': c.plus = true; ++at_; break;
            case ' ': c.space = true; ++at_; break;
            case '#': c.alternate = true; ++at_; break;
            case '0': c.zero = true; ++at_; break;
            default: more = false;
            }
        }
        const bool star = peek() == '*';
        c.width = parse_count();
        if (star && c.width < 0) {
            c.left = true;
            c.width = std::min<std::int64_t>(-c.width, 1 << 20);
        }
        if (peek() == '.') {
            ++at_;
            c.precision = std::max<std::int64_t>(parse_count(), 0);
        }
        if (const char q = peek(); q == 'h' || q == 'l' || q == 'L' || q == 'Z' || q == 'z') {
            ++at_;
            c.qualifier = q == 'Z' ? 'z' : q;
            if (q == 'l' && peek() == 'l') {
                ++at_;
                c.qualifier = 'L';
            }
        }
        c.letter = peek();
        if (c.letter) ++at_;
        return c;
    }

    void convert(const Conversion& c)
    {
        switch (c.letter) {
        case 'c': pad(c, std::string(1, static_cast<char>(arguments_.next_word()))); break;
        case 's': pad(c, string_argument(c)); break;
        case 'p': pointer(c); break;
        case 'n': store_count(c); break;
        case '%': out_ += '%'; break;
        case 'o': number(c, integer(c, false), 8, false); break;
        case 'x':
        case 'X': number(c, integer(c, false), 16, false); break;
        case 'd':
        case 'i': number(c, integer(c, true), 10, true); break;
        case 'u': number(c, integer(c, false), 10, false); break;
        default:
            out_ += '%';
            if (c.letter) out_ += c.letter;
        }
    }

    void pad(const Conversion& c, const std::string& text)
    {
        const auto fill = c.width > static_cast<std::int64_t>(text.size()) ? static_cast<std::size_t>(c.width) - text.size() : 0;
        if (!c.left) out_.append(fill, ' ');
        out_ += text;
        if (c.left) out_.append(fill, ' ');
    }

    std::string string_argument(const Conversion& c)
    {
        const GuestAddr at{arguments_.next_word()};
        const auto limit = c.precision >= 0 ? static_cast<std::size_t>(c.precision) : std::size_t{1} << 16;
        if (at.value < kernel_.arch().page_bytes) return std::string("<NULL>").substr(0, limit);
        return limit ? kernel_.memory().load_string(at, limit) : std::string();
    }

    void pointer(Conversion c)
    {
        if (c.width < 0) {
            c.width = 2 * kernel_.arch().word_bytes;
            c.zero = true;
        }
        number(c, arguments_.next_word(), 16, false);
    }

    void store_count(const Conversion& c)
    {
        const GuestAddr at{arguments_.next_word()};
        if (c.qualifier == 'l' || c.qualifier == 'z') kernel_.memory().store_word(at, out_.size());
        else kernel_.memory().store<std::uint32_t>(at, static_cast<std::uint32_t>(out_.size()));
    }

    std::uint64_t integer(const Conversion& c, bool with_sign)
    {
        if (c.qualifier == 'L') return arguments_.next_wide();
        const auto word = arguments_.next_word();
        if (c.qualifier == 'h')
            return with_sign ? static_cast<std::uint64_t>(static_cast<std::int16_t>(word)) : static_cast<std::uint16_t>(word);
        if (c.qualifier) return with_sign ? static_cast<std::uint64_t>(kernel_.arch().signed_word(word)) : word;
        return with_sign ? static_cast<std::uint64_t>(static_cast<std::int32_t>(word)) : static_cast<std::uint32_t>(word);
    }

    void number(const Conversion& c, std::uint64_t value, unsigned base, bool with_sign)
    {
        std::string sign;
        if (with_sign) {
            if (static_cast<std::int64_t>(value) < 0) {
                sign = "-";
                value = 0 - value;
            } else if (c.plus) {
                sign = "+";
            } else if (c.space) {
                sign = " ";
            }
        }
        const std::string_view numerals = c.letter == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
        std::string digits;
        do {
            digits.insert(digits.begin(), numerals[value % base]);
            value /= base;
        } while (value);
        const std::string prefix = !c.alternate ? "" : base == 8 ? "0" : base == 16 ? (c.letter == 'X' ? "0X" : "0x") : "";
        if (c.precision > static_cast<std::int64_t>(digits.size()))
            digits.insert(0, static_cast<std::size_t>(c.precision) - digits.size(), '0');
        const auto length = static_cast<std::int64_t>(sign.size() + prefix.size() + digits.size());
        const auto fill = static_cast<std::size_t>(std::max<std::int64_t>(c.width - length, 0));
        if (c.left) out_ += sign + prefix + digits + std::string(fill, ' ');
        else if (c.zero) out_ += sign + prefix + std::string(fill, '0') + digits;
        else out_ += std::string(fill, ' ') + sign + prefix + digits;
    }

    Kernel& kernel_;
    std::string_view format_;
    ArgCursor& arguments_;
    std::size_t at_ = 0;
    std::string out_;
};

} // namespace

std::string format_text(Kernel& kernel, std::string_view format, ArgCursor& arguments)
{
    return Formatter(kernel, format, arguments).run();
}

} // namespace retromod
