// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/scenario/scenario.h"

namespace retromod {

/// A scenario as another architecture has it, for one release.
struct Translation {
    Scenario scenario;   ///< its steps there, and the one group of results that the release gives there
    std::string skipped; ///< why the architecture cannot have it; empty: it can
};

/// An i386 scenario with its numbers recomputed for `arch`: sizes, offsets, addresses, errors, byte order, callbacks.
Translation translate_scenario(const Scenario& scenario, const Release& release, const Arch& arch);

/// Takes what i386 scenarios say nothing of (a module's gp) out of the result of a step.
void drop_untold(nlohmann::json& result);

} // namespace retromod
