// SPDX-License-Identifier: GPL-2.0-or-later
// How scenario files write bytes and numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace retromod {

/// The bytes that a JSON string stands for: one code point 0 to 255 a byte; nothing when a code point is larger.
std::optional<std::string> bytes_in_text(std::string_view utf8);

/// The JSON string (UTF-8) that stands for these bytes.
std::string text_of_bytes(std::string_view bytes);

/// A decimal or 0x number; nothing when `text` is none.
std::optional<std::uint64_t> number_in_text(std::string_view text);

/// Bytes written as pairs of hex digits; nothing when `hex` is something else.
std::optional<std::vector<std::byte>> bytes_in_hex(std::string_view hex);
std::string hex_of_bytes(const std::byte* bytes, std::size_t count);

/// The name that an error has here, for one of its names ("EAGAIN" for "EWOULDBLOCK"); other text as it is.
std::string errno_name_in_text(const std::string& text);

/// One term of a value: "@a", "$H", "0x10", each added or subtracted.
struct ValueTerm {
    bool minus = false;
    std::string_view text;
};

/// The terms of a value string, which must outlive them; nothing when it is not terms joined by + and -.
std::optional<std::vector<ValueTerm>> value_terms(std::string_view text);

/// The members of struct module as scenario files name them, in the order in which i386 lays them out, a word each.
std::optional<std::uint64_t> scenario_field_offset(std::string_view name);
std::string_view scenario_field_name(std::size_t word);

} // namespace retromod
