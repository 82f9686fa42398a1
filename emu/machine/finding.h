// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

namespace retromod {

/// One thing that is wrong with a machine.
struct Finding {
    enum class State : unsigned char {
        repairable,    ///< a repair would put it right
        repaired,      ///< it is right now
        beyond_repair,
    };
    State state = State::beyond_repair;
    std::string text; ///< one line
};

using Findings = std::vector<Finding>;

} // namespace retromod
