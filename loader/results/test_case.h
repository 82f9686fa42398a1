// SPDX-License-Identifier: GPL-2.0-or-later
// What a test came to, and the formats in which pipelines take it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace retromod {

/// One test and its result.
struct TestCase {
    enum class State : std::uint8_t { passed, failed, skipped } state = State::passed;
    std::string suite; ///< what it belongs to: a file, a folder
    std::string name;
    std::string message = {}; ///< why it failed or was skipped, one line
    std::string detail = {};  ///< lines more
    std::string file = {};    ///< that a reader would open; empty: none
    double seconds = 0;       ///< of the host; 0: not measured
};

/// JUnit's XML, a test suite for each suite, in the order in which they first come. Source: the JUnit schema of Ant and Jenkins.
std::string junit_text(std::span<const TestCase> cases);

/// The Test Anything Protocol, version 14: the plan first; what a failure says as a YAML block.
std::string tap_text(std::span<const TestCase> cases);

/// Commands of GitHub's workflows: an `::error` for each failure, a `::notice` with the sums. Source:
/// workflow-commands-for-github-actions.
std::string github_text(std::span<const TestCase> cases);

/// The cases of a TAP text, as tap_text writes it; of other writers plan, result lines and skip directives. Nothing when it is no
/// TAP, or when fewer or more results are there than its plan says.
std::optional<std::vector<TestCase>> read_tap(std::string_view text, const std::string& suite);

/// How many have that state.
std::size_t count_of(std::span<const TestCase> cases, TestCase::State state);

} // namespace retromod
