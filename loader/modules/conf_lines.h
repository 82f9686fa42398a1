// SPDX-License-Identifier: GPL-2.0-or-later
// Lines of modules.conf and modules.dep: comments, continuations.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace retromod {

/// Takes a text apart as modutils reads its files: `#` begins a comment, a `\` at the end of a line continues it, blanks
/// at the end are dropped. Source: modutils 2.4 util/config.c, fgets_strip.
class ConfLines {
public:
    /// A line that is longer than `longest` bytes is read as several.
    ConfLines(std::string_view text, std::size_t longest) : rest_(text), longest_(longest) {}

    /// The next line, continuations joined; nothing at the end.
    std::optional<std::string> next();
    /// Number of the last line read, from 1.
    unsigned number() const { return number_; }

private:
    std::string_view rest_;
    std::size_t longest_;
    unsigned number_ = 0;

    std::string_view take_physical_line();
};

/// The longest line of modules.conf, bytes.
constexpr std::size_t longest_conf_line = 2998;
/// The longest file of configuration or dependencies that is read, bytes.
constexpr std::size_t largest_conf_file = std::size_t{64} << 20;

/// A whole file of the host; nothing when it cannot be opened or is larger than `largest_conf_file`, errno says why.
std::optional<std::string> read_conf_file(const std::string& host_path);

} // namespace retromod
