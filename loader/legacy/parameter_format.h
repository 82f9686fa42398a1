// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

namespace retromod {

/// Reads a C string the way modutils does: the end reads as NUL.
struct Cursor {
    std::string_view rest;

    char peek() const { return rest.empty() ? '\0' : rest.front(); }
    char peek_next() const { return rest.size() < 2 ? '\0' : rest[1]; }
    void next()
    {
        if (!rest.empty()) rest.remove_prefix(1);
    }
    bool at_end() const { return peek() == '\0'; }
};

/// strtoul(3) on a machine whose long has `word_bytes`: skips blanks, takes a sign; base 0 knows 0x and 0. What is too
/// large becomes the largest; what is no number leaves the cursor and is 0.
std::uint64_t take_unsigned(Cursor& cursor, unsigned base, unsigned word_bytes);

constexpr bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}
constexpr bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/// A parameter's declaration, `[min[-max]]type`: the value of `parm_NAME` in .modinfo.
struct ParameterFormat {
    int min = 1; ///< how many values at least; 0 for any number
    int max = 1;
    std::string_view type; ///< from the type's letter on: "i", "c16", "sp"

    char letter() const { return type.empty() ? '\0' : type.front(); }
};

ParameterFormat parse_parameter_format(std::string_view text);

} // namespace retromod
