// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/legacy/parameters.h"

#include "loader/legacy/parameter_format.h"

#include <algorithm>
#include <fmt/format.h>

namespace retromod {
namespace {

/// What a backslash and a letter stand for inside quotes; any other letter is itself.
char escaped(char letter)
{
    constexpr std::pair<char, char> escapes[] = {{'a', '\a'}, {'b', '\b'}, {'e', '\033'}, {'f', '\f'},
                                                 {'n', '\n'}, {'r', '\r'}, {'t', '\t'}};
    const auto* found = std::ranges::find(escapes, letter, &std::pair<char, char>::first);
    return found == std::end(escapes) ? letter : found->second;
}

constexpr bool is_octal(char c)
{
    return c >= '0' && c <= '7';
}

/// Up to three octal digits, the cursor on the first; left on the last.
char take_octal(Cursor& cursor)
{
    int value = cursor.peek() - '0';
    for (int more = 0; more < 2 && is_octal(cursor.peek_next()); ++more) {
        cursor.next();
        value = value * 8 + (cursor.peek() - '0');
    }
    return static_cast<char>(value);
}

/// Stores the values of one argument.
class ParameterSetter {
public:
    ParameterSetter(Object& object, std::string_view name, ParameterFormat format, Messages& messages)
        : object_(object), name_(name), format_(format), messages_(messages)
    {
    }

    bool set(std::string_view text)
    {
        const auto* symbol = object_.symbols().find(name_);
        if (!symbol || symbol->is_undefined() || symbol->section >= object_.sections().size())
            return fail(fmt::format("symbol for parameter {} not found", name_));
        section_ = symbol->section;
        offset_ = symbol->value;
        Cursor input{text};
        int count = 1;
        while (!input.at_end()) {
            if (!take_value(input)) return false;
            while (is_blank(input.peek())) input.next();
            if (input.at_end()) break;
            if (input.peek() != ',')
                return fail(fmt::format("invalid argument syntax for {}: '{}'", name_, input.peek()));
            if (format_.max != 0 && ++count > format_.max)
                return fail(fmt::format("too many values for {} (max {})", name_, format_.max));
            input.next();
        }
        if (format_.min != 0 && count < format_.min)
            return fail(fmt::format("too few values for {} (min {})", name_, format_.min));
        return true;
    }

private:
    Object& object_;
    std::string_view name_;
    ParameterFormat format_;
    Messages& messages_;
    std::uint32_t section_ = 0;
    std::uint64_t offset_ = 0; ///< where the next value goes

    bool fail(std::string_view text)
    {
        messages_.error(text);
        return false;
    }

    /// Room for `bytes` at the next value's place. modutils writes on past the section's end.
    std::span<std::byte> room(std::uint64_t bytes)
    {
        const auto place = object_.place(section_, offset_, bytes);
        if (place.empty()) {
            const auto& section = object_.section(section_);
            fail(fmt::format("parameter {} does not fit: {}+{:#x} needs {} bytes, the section has {}", name_,
                             section.name, offset_, bytes, section.size));
        }
        return place;
    }

    bool take_value(Cursor& input)
    {
        switch (format_.letter()) {
        case 'b': return take_number(input, 1);
        case 'h': return take_number(input, 2);
        case 'i': return take_number(input, 4);
        case 'l': return take_number(input, object_.arch().word_bytes);
        case 's':
        case 'c': break;
        default: return fail(fmt::format("unknown parameter type '{}' for {}", format_.letter(), name_));
        }
        std::string text;
        if (!take_string(input, text)) return false;
        text.resize(std::min(text.size(), text.find('\0')));
        return format_.letter() == 's' ? store_pointer(text) : store_characters(text);
    }

    bool take_number(Cursor& input, unsigned bytes)
    {
        const auto value = take_unsigned(input, 0, object_.arch().word_bytes);
        const auto place = room(bytes);
        if (place.empty()) return false;
        store_unsigned(place.data(), bytes, object_.arch().order, value);
        offset_ += bytes;
        return true;
    }

    bool take_string(Cursor& input, std::string& text)
    {
        if (input.peek() != '"') {
            text = input.rest.substr(0, input.rest.find(','));
            input.rest.remove_prefix(text.size());
            return true;
        }
        for (input.next(); input.peek() != '"'; input.next()) {
            if (input.at_end()) return fail(fmt::format("improperly terminated string argument for {}", name_));
            if (input.peek() != '\\') {
                text += input.peek();
                continue;
            }
            input.next();
            text += is_octal(input.peek()) ? take_octal(input) : escaped(input.peek());
        }
        input.next();
        return true;
    }

    bool store_pointer(std::string_view text)
    {
        const auto word = object_.arch().word_bytes;
        if (room(word).empty()) return false;
        object_.patch_string(section_, offset_, text);
        offset_ += word;
        return true;
    }

    /// `c<N>`: modutils takes N - 2 characters at most, one less than fit.
    bool store_characters(std::string_view text)
    {
        Cursor digits{format_.type.substr(1)};
        if (!is_digit(digits.peek()))
            return fail(fmt::format("parameter type 'c' for {} must be followed by the maximum size", name_));
        const auto size = take_unsigned(digits, 10, object_.arch().word_bytes);
        const auto limit = static_cast<std::int64_t>(size) - 1;
        if (limit < 0 || text.size() >= static_cast<std::uint64_t>(limit))
            return fail(fmt::format("string too long for {} (max {})", name_, limit));
        const auto place = room(text.size() + 1);
        if (place.empty()) return false;
        std::ranges::copy(std::as_bytes(std::span(text)), place.begin());
        place.back() = std::byte{0};
        offset_ += size;
        return true;
    }
};

/// A type without declaration: a number if it begins like one; any number of values.
ParameterFormat guessed_format(std::string_view value)
{
    const bool number = !value.empty() && is_digit(value.front());
    return {.min = 0, .max = 0, .type = number ? "i" : "s"};
}

} // namespace

bool set_parameters(Object& object, const Modinfo& modinfo, Declared declared,
                    const std::vector<std::string>& arguments, std::vector<SetParameter>& done, Messages& messages,
                    Undeclared undeclared)
{
    for (const std::string_view argument : arguments) {
        const auto equals = argument.find('=');
        if (equals == argument.npos) continue;
        const auto name = argument.substr(0, equals);
        const auto value = argument.substr(equals + 1);
        auto format = guessed_format(value);
        if (declared == Declared::yes) {
            const auto key = fmt::format("parm_{}", name);
            const auto declaration = modinfo.find(key);
            if (!declaration) {
                if (undeclared == Undeclared::skipped) continue;
                messages.error(fmt::format("invalid parameter {}", key));
                return false;
            }
            format = parse_parameter_format(*declaration);
        }
        if (!ParameterSetter(object, name, format, messages).set(value)) return false;
        done.push_back({std::string(name), std::string(value)});
    }
    return true;
}

} // namespace retromod
