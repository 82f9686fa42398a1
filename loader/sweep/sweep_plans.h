// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/modules/module_folder.h"
#include "loader/sweep/sweep_module.h"
#include "loader/sweep/verdicts.h"

#include <functional>
#include <string_view>

namespace retromod {

/// The part of a sweep that one run does: every `count`-th module, from the `number`-th on.
struct Shard {
    std::uint64_t number = 1, count = 1; ///< 1 <= number <= count
};

/// Reads "2/8"; nothing when it is not of that form or the number is not among the parts.
std::optional<Shard> read_shard(std::string_view text);

/// Where what a plan leaves out is said, a line at a time.
using Say = std::function<void(std::string_view)>;

/// What a verdict file tells: those modules, loaded as they were for the real kernel. Says which are not in the folder.
std::vector<SweepPlan> plans_of(const std::vector<Verdict>& verdicts, const ModuleFolder& folder, const Say& say);

/// Every module of the folder, with those before it that export what it imports. Files that are only parts of modules are
/// left out; says how many.
std::vector<SweepPlan> plans_of(const ModuleFolder& folder, Session& session, const Say& say);

/// The plans of one shard.
std::vector<SweepPlan> part_of(std::vector<SweepPlan> plans, const Shard& shard);

} // namespace retromod
