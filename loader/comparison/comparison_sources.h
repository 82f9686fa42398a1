// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/comparison/comparison.h"

#include <filesystem>

namespace retromod {

/// Whether that path names a module's source, not the module.
bool is_source(const std::string& path);

/// Compiles each source that the scenarios name, for the machine of its side, into `folder`, and puts the modules in the
/// sources' places. SourceRefused when one cannot be compiled.
void build_sources(std::vector<ComparisonScenario>& scenarios, std::span<const std::string> flags,
                   const std::filesystem::path& folder);

} // namespace retromod
