// SPDX-License-Identifier: GPL-2.0-or-later
// Which symbols kernels export for GPL modules alone.
#pragma once

#include "emu/abi/release.h"

#include <string_view>

namespace retromod {

/// What stands before the name of such a symbol in a 2.4 kernel's table.
constexpr std::string_view gpl_only_prefix = "GPLONLY_";

/// Whether that version's kernel exports `name` by EXPORT_SYMBOL_GPL. No 2.2 kernel and no 2.4.0 does.
bool is_gpl_export(LayoutVersion version, std::string_view name);

} // namespace retromod
