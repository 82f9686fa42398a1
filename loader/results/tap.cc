// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/results/test_case.h"

#include <fmt/format.h>

#include <charconv>

namespace retromod {
namespace {

/// One line, in which `#` and the backslash mean themselves.
std::string escaped_line(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        if (c == '#' || c == '\\') out += '\\';
        out += c == '\n' ? ' ' : c;
    }
    return out;
}

std::string unescaped(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) ++i;
        out += text[i];
    }
    return out;
}

/// A block of YAML with the message and, line by line, what else there is to say.
std::string diagnostics(const TestCase& test)
{
    std::string message;
    for (const char c : test.message)
        message += c == '\n' ? std::string(" ") : c == '\'' ? std::string("''") : std::string(1, c);
    auto text = fmt::format("  ---\n  message: '{}'\n", message);
    if (!test.detail.empty()) {
        text += "  detail: |\n    ";
        for (const char c : test.detail)
            text += c == '\n' ? std::string("\n    ") : std::string(1, c);
        text += "\n";
    }
    return text + "  ...\n";
}

/// Where a directive begins that is not escaped; npos: nowhere.
std::size_t directive_in(std::string_view text)
{
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\')
            ++i;
        else if (text[i] == '#')
            return i;
    }
    return text.npos;
}

std::string_view trimmed(std::string_view text)
{
    while (text.starts_with(' '))
        text.remove_prefix(1);
    while (text.ends_with(' ') || text.ends_with('\r'))
        text.remove_suffix(1);
    return text;
}

/// The test of a line that begins with "ok" or "not ok".
TestCase read_result(std::string_view line, const std::string& suite)
{
    TestCase test;
    test.suite = suite;
    test.state = line.starts_with("not ") ? TestCase::State::failed : TestCase::State::passed;
    line.remove_prefix(line.starts_with("not ") ? 6 : 2);
    line = trimmed(line);
    while (!line.empty() && line.front() >= '0' && line.front() <= '9')
        line.remove_prefix(1);
    line = trimmed(line);
    if (line.starts_with("- ")) line.remove_prefix(2);
    const auto mark = directive_in(line);
    test.name = unescaped(trimmed(line.substr(0, mark)));
    if (mark == line.npos) return test;
    const auto directive = trimmed(line.substr(mark + 1));
    if (directive.starts_with("SKIP") || directive.starts_with("skip") || directive.starts_with("TODO")) {
        test.state = TestCase::State::skipped;
        test.message = trimmed(directive.substr(4));
    }
    return test;
}

} // namespace

std::string tap_text(std::span<const TestCase> cases)
{
    auto text = fmt::format("TAP version 14\n1..{}\n", cases.size());
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const auto& test = cases[i];
        text += fmt::format("{}ok {} - {}{}\n", test.state == TestCase::State::failed ? "not " : "", i + 1,
                            escaped_line(test.suite.empty() ? test.name : test.suite + ": " + test.name),
                            test.state == TestCase::State::skipped ? " # SKIP " + escaped_line(test.message) : "");
        if (test.state == TestCase::State::failed) text += diagnostics(test);
    }
    return text;
}

std::optional<std::vector<TestCase>> read_tap(std::string_view text, const std::string& suite)
{
    constexpr std::string_view message = "  message: '";
    std::vector<TestCase> cases;
    std::optional<std::size_t> planned;
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (line.starts_with("1..")) {
            std::size_t count = 0;
            std::from_chars(line.data() + 3, line.data() + line.size(), count);
            planned = count;
        } else if (line.starts_with("ok") || line.starts_with("not ok")) {
            cases.push_back(read_result(line, suite));
        } else if (line.starts_with(message) && line.ends_with("'") && !cases.empty()) {
            auto said = line.substr(message.size());
            said.remove_suffix(1);
            cases.back().message = said;
        } else if (line.starts_with("    ") && !cases.empty() && cases.back().state == TestCase::State::failed) {
            cases.back().detail += std::string(line.substr(4)) + "\n";
        }
    }
    return planned && *planned == cases.size() ? std::optional(std::move(cases)) : std::nullopt;
}

} // namespace retromod
