// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/results/test_case.h"

#include <fmt/format.h>

namespace retromod {
namespace {

/// Text of a command: `%` and line ends are escaped; in a property `:` and `,` as well.
std::string command_text(std::string_view text, bool is_property)
{
    std::string out;
    for (const char c : text) {
        if (c == '%')
            out += "%25";
        else if (c == '\r')
            out += "%0D";
        else if (c == '\n')
            out += "%0A";
        else if (is_property && c == ':')
            out += "%3A";
        else if (is_property && c == ',')
            out += "%2C";
        else
            out += c;
    }
    return out;
}

} // namespace

std::string github_text(std::span<const TestCase> cases)
{
    std::string text;
    for (const auto& test : cases) {
        if (test.state != TestCase::State::failed) continue;
        const auto title = test.suite.empty() ? test.name : test.suite + ": " + test.name;
        text += fmt::format(
            "::error {}title={}::{}\n", test.file.empty() ? "" : fmt::format("file={},", command_text(test.file, true)),
            command_text(title, true), command_text(test.detail.empty() ? test.message : test.message + "\n" + test.detail, false));
    }
    return text
           + fmt::format("::notice title=retromod::{} passed, {} failed, {} skipped\n", count_of(cases, TestCase::State::passed),
                         count_of(cases, TestCase::State::failed), count_of(cases, TestCase::State::skipped));
}

} // namespace retromod
