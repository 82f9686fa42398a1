// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/results/test_case.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

/// Text for XML 1.0: what it cannot hold becomes `?`, what is no UTF-8 as well.
std::string xml(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '&')
            out += "&amp;";
        else if (c == '"')
            out += "&quot;";
        else if (c == '\n')
            out += "&#10;";
        else if (c == '\t')
            out += "&#9;";
        else if (byte < ' ' || byte >= 0x7f)
            out += '?';
        else
            out += c;
    }
    return out;
}

std::string test_case(const TestCase& test)
{
    auto text = fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\"{}", xml(test.suite), xml(test.name),
                            test.seconds, test.file.empty() ? "" : fmt::format(" file=\"{}\"", xml(test.file)));
    switch (test.state) {
    case TestCase::State::passed:
        return text + "/>\n";
    case TestCase::State::skipped:
        return text + fmt::format("><skipped message=\"{}\"/></testcase>\n", xml(test.message));
    case TestCase::State::failed:
        break;
    }
    return text + fmt::format("><failure message=\"{}\">{}</failure></testcase>\n", xml(test.message), xml(test.detail));
}

} // namespace

std::size_t count_of(std::span<const TestCase> cases, TestCase::State state)
{
    return static_cast<std::size_t>(std::ranges::count(cases, state, &TestCase::state));
}

std::string junit_text(std::span<const TestCase> cases)
{
    std::vector<std::pair<std::string, std::vector<TestCase>>> suites;
    for (const auto& test : cases) {
        auto suite = std::ranges::find(suites, test.suite, &std::pair<std::string, std::vector<TestCase>>::first);
        if (suite == suites.end()) suite = suites.insert(suites.end(), {test.suite, {}});
        suite->second.push_back(test);
    }
    auto text =
        fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"{}\" failures=\"{}\" skipped=\"{}\">\n",
                    cases.size(), count_of(cases, TestCase::State::failed), count_of(cases, TestCase::State::skipped));
    for (const auto& [name, inside] : suites) {
        text += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\">\n", xml(name),
                            inside.size(), count_of(inside, TestCase::State::failed), count_of(inside, TestCase::State::skipped));
        for (const auto& test : inside)
            text += test_case(test);
        text += "  </testsuite>\n";
    }
    return text + "</testsuites>\n";
}

} // namespace retromod
