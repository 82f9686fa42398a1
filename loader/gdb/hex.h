// SPDX-License-Identifier: GPL-2.0-or-later
// Numbers and bytes as gdb's remote protocol writes them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace retromod {

std::string to_hex(std::span<const std::byte> bytes);
std::string to_hex(std::string_view text);
/// Nothing where it is not pairs of hexadecimal digits.
std::optional<std::vector<std::byte>> from_hex(std::string_view text);

/// Takes a hexadecimal number of at most 64 bits off the front of `text`. Nothing where none is there.
std::optional<std::uint64_t> take_number(std::string_view& text);
/// Takes `mark` off the front of `text`; false where it is not there.
bool take_mark(std::string_view& text, std::string_view mark);

} // namespace retromod
