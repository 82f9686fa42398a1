// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/tools/command.h"

#include <functional>

namespace retromod {

/// Runs scenarios where their guest code cannot hurt the host: in a jailed child, unless the user said --no-jail. The
/// child may read and write files. Returns the exit status; a child that died is told on standard error.
int in_jail(const Invocation& invocation, const std::function<int()>& work);

} // namespace retromod
