// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/api/session.h"

#include <string>
#include <vector>

namespace retromod {

/// One part of what can be seen of a machine, as lines.
struct MachineText {
    std::string title;
    std::vector<std::string> lines;
};

/// The modules, the symbols that they export, the files of /proc and the log of a machine. Runs no guest code: of /proc
/// files that modules made, only the names are there.
std::vector<MachineText> describe_machine(Session& session);

} // namespace retromod
