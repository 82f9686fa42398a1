// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/elf/problem.h"

namespace retromod {

/// modutils' sentence for a fault of a module file; our own where modutils has none, because it would crash.
std::string modutils_sentence(const Problem& problem, std::string_view file);

} // namespace retromod
