// SPDX-License-Identifier: GPL-2.0-or-later
// Names of the host's /dev and /proc that a program has although its "/" is another one: the supervisor looks them up for it.
#pragma once

#include "loader/exec/supervisor.h"

#include <string>

namespace retromod::exec {

/// A descriptor for the file; what is in /proc is opened for reading only.
Ending open_hidden(const std::string& path, std::uint64_t flags);
/// Fills the structure of the call's ABI that its argument `index` points to.
Ending stat_hidden(const ProgramCall& call, const std::string& path, bool through, unsigned index);
/// What the link says, as the program names it.
Ending read_hidden_link(const Supervisor& supervisor, const ProgramCall& call, const std::string& path, unsigned index);

} // namespace retromod::exec
