// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/scenario/scenario.h"

#include <span>

namespace retromod {

/// Runs the scenario's steps on each of these releases and gives its `expect`: releases that answer alike share a group.
nlohmann::ordered_json fresh_expectations(const Scenario& scenario, std::span<const Release* const> releases);

/// Scenarios of one architecture as the text of a file, a step or result on each line.
std::string scenario_file_text(std::span<const nlohmann::ordered_json> scenarios, const Arch& arch = i386());

} // namespace retromod
