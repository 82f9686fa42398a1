// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/scenario/modern_bases.h"
#include "loader/scenario/scenario.h"

namespace retromod {

/// Whether a text is a file of scenarios of the modern ABI: a list of objects that have a `call`. docs/scenarios.md.
bool is_modern_scenario_file(const std::string& text);

/// Reads and checks such a file. Throws ScenarioError.
ScenarioFile parse_modern_scenarios(const std::string& path, const std::string& text);

/// Runs one on a fresh machine of a modern release and compares. A release other than 6.1 is compared with its own results
/// where the scenario has them; else with 6.1's, but for sizes, release strings and section numbers. Throws ScenarioError
/// for what makes no sense.
ScenarioResult run_modern_scenario(const Scenario& scenario, const Release& release, const ModernBases& bases);

} // namespace retromod
