// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/scenario/scenario.h"

#include <functional>
#include <iosfwd>
#include <map>
#include <span>

namespace retromod {

/// How results of a replay are written.
enum class ReplayFormat : std::uint8_t { text, json, none };

/// One run of a scenario, for whoever counts them.
struct ReplayedRun {
    std::string file, id, machine; ///< machine: "2.4.20", or "2.4.20 alpha" where the file is not of that architecture
    bool passed = false;
    std::string difference = {};   ///< the first, in a sentence
    std::string skipped = {};      ///< why an architecture cannot have it; then it counts neither way
};

/// Which scenarios are replayed, and on what.
struct ReplayOptions {
    std::vector<const Release*> releases;  ///< each scenario counts once for each of them that it has results for
    std::vector<std::string> filters;      ///< tags or ids; a scenario must match all of them
    ReplayFormat format = ReplayFormat::text;
    std::string bases = {};                ///< folder of base modules for scenarios of the modern ABI; empty: our own
    std::vector<const Arch*> arches = {};  ///< each scenario on all of these; none: on that of its file
    std::function<void(const ReplayedRun&)> each = {}; ///< told of every run
};

/// How many runs ended how. A scenario counts once per release and architecture.
struct ReplayTotals {
    std::size_t passed = 0;
    std::size_t failed = 0;
    std::map<std::string, std::size_t> skipped = {}; ///< how many an architecture cannot have, by why
    std::size_t unusable = 0;  ///< files that could not be used, and scenarios of which a step makes no sense
};

/// Replays the scenarios of `files`: a line on `out` for each run that differs and for each that broke the kernel, as the
/// real one was broken; then why how many were skipped, and `N passed, M failed`. What is wrong with a file goes to `errors`, one
/// line each.
ReplayTotals replay(const ReplayOptions& options, std::span<const std::string> files, std::ostream& out, std::ostream& errors);

/// Lists the scenarios that would be replayed: id, releases, tags and title. False when a file could not be used.
bool list_scenarios(const ReplayOptions& options, std::span<const std::string> files, std::ostream& out, std::ostream& errors);

} // namespace retromod
