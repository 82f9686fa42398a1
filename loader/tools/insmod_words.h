// SPDX-License-Identifier: GPL-2.0-or-later
// explain's own words for what insmod decides before it asks the kernel.
#pragma once

#include "loader/legacy/insmod.h"
#include "loader/tools/tool_session.h"

namespace retromod {

/// A sentence for each of these that holds for a load: a module of that name is there; the kernel versions differ; an
/// argument names no parameter of the module; a name is unresolved (who of the same folder exports it, which releases had it).
std::vector<std::string> insmod_words(const InsmodOptions& options, const LoadReport& report, Session& session);

} // namespace retromod
