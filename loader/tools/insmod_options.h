// SPDX-License-Identifier: GPL-2.0-or-later
// insmod's command line, as modutils 2.4 reads it.
#pragma once

#include "loader/legacy/insmod.h"
#include "loader/tools/command.h"

namespace retromod {

/// insmod's words, read.
struct InsmodCommandLine {
    InsmodOptions options;
    bool syslog = false;      ///< -s
    bool any_owner = false;   ///< -r
};

/// Reads the command line; nothing when it is only good for the usage text.
std::optional<InsmodCommandLine> read_insmod_options(const Invocation& invocation);

} // namespace retromod
