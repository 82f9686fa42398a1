// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/arch.h"
#include "emu/abi/release.h"

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace retromod {

constexpr std::string_view scenario_format = "legacy-module-abi-vectors";
constexpr unsigned scenario_format_version = 1;

/// A scenario file that cannot be used: says the file, the scenario and the step.
struct ScenarioError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// One scenario: system calls in order, and what the releases answered. docs/scenarios.md describes the format.
struct Scenario {
    std::string id, title;
    std::vector<std::string> tags;
    const Arch* arch = &i386();       ///< whose numbers it has: sizes, offsets, addresses, code
    std::vector<std::string> symbols; ///< what its kernel exports; none: the three symbols of the reference kernel
    std::shared_ptr<const nlohmann::json> content; ///< the whole object, checked

    bool has_tag(std::string_view tag) const;
};

struct ScenarioFile {
    std::string path;
    std::vector<Scenario> scenarios;
    std::vector<std::string> warnings; ///< what is there but means nothing, one sentence each
};

/// Reads and checks a scenario file. Throws ScenarioError, or std::system_error when it cannot be read.
ScenarioFile load_scenarios(const std::string& path);

/// The same of text that came from `path`.
ScenarioFile parse_scenarios(const std::string& path, const std::string& text);

/// One step whose result was not the expected one.
struct Difference {
    std::size_t step = 0;
    std::string call;     ///< the step, in short: "init a"
    std::string expected; ///< JSON
    std::string got;      ///< JSON
};

/// What running one scenario on one release gave.
struct ScenarioResult {
    bool passed = false;
    bool expected = true;         ///< the file says what this release answers
    std::string skipped;          ///< why that architecture cannot have the scenario; empty: it can
    std::vector<Difference> differences;
    std::string broke;            ///< how and where the kernel broke, if it did: "step 5 (delete a): oops: ..."
    std::string broke_as;         ///< the outcome that stands for it in a file: "oops", "hang", "bug"
    std::string breaks_as;        ///< what became of the real kernel: "oops", "corrupt lists from step 3 on"; empty: it held
    std::optional<std::size_t> strays_at; ///< first step behind corrupt_from whose result is not the real kernel's
    std::shared_ptr<nlohmann::json> results; ///< our results, one per step that was done
};

/// Whether the scenario says what that release answers.
bool expects(const Scenario& scenario, const Release& release);

/// Runs a scenario on a fresh machine of that release, of its own architecture. Throws ScenarioError for steps that make no
/// sense.
ScenarioResult run_scenario(const Scenario& scenario, const Release& release);
/// The same on `arch`, for which a scenario of i386 is recomputed.
ScenarioResult run_scenario(const Scenario& scenario, const Release& release, const Arch& arch);

} // namespace retromod
