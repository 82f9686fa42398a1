// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/legacy/messages.h"
#include "loader/legacy/module_calls.h"

namespace retromod {

/// lsmod, as root sees it: a header with the taint, a line per module. Exit status 0 or 1.
int lsmod(ModuleCalls& calls, const LoaderSystem& system, const TextSinks& sinks);

} // namespace retromod
