// SPDX-License-Identifier: GPL-2.0-or-later
// Manners of a program at a terminal.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace retromod {

enum class Colour : std::uint8_t { red = 31, green = 32, yellow = 33 };

/// Whether that stream is a terminal that is to be coloured: NO_COLOR, where it is set and not empty, and TERM=dumb forbid it.
bool is_coloured(std::FILE* stream);

/// The word in that colour where the stream is coloured, else as it is.
std::string coloured(std::string_view word, Colour colour, std::FILE* stream);

/// Columns of the terminal that standard output is; COLUMNS where that is set; `otherwise` where it is neither.
std::uint64_t terminal_columns(std::uint64_t otherwise);

/// The word of `known` that somebody may have meant: the nearest one, if few letters differ. Empty: none is near.
std::string nearest_word(std::string_view word, const std::vector<std::string>& known);

} // namespace retromod
