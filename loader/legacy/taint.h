// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/legacy/license.h"
#include "loader/legacy/messages.h"
#include "loader/legacy/module_calls.h"

namespace retromod {

enum class Force : bool { no, yes };
enum class NoLoad : bool { no, yes };

/// Warns of what taints the kernel, and taints it: in 2.4 that is insmod's work, done before the module is created.
void check_taint(std::string_view file, const License& license, Force force, NoLoad noload, LoaderSystem& system,
                 Messages& messages);

} // namespace retromod
