// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

namespace retromod {

/// Where a page goes: standard output, or a file that is replaced at once when the page is whole. Errors: std::runtime_error with
/// the path and the host's reason.
class PageOutput {
public:
    explicit PageOutput(std::optional<std::string> path);
    ~PageOutput();
    PageOutput(const PageOutput&) = delete;
    PageOutput& operator=(const PageOutput&) = delete;

    /// Writes the page; a child of this process may do so.
    void write(std::string_view page);
    /// Puts the file in its place.
    void keep();

private:
    [[noreturn]] void fail() const;

    std::optional<std::string> path_;
    std::string temporary_; ///< beside the file; empty: written where it belongs
    std::FILE* file_ = stdout;
};

} // namespace retromod
