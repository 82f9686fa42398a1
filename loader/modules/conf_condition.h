// SPDX-License-Identifier: GPL-2.0-or-later
// What stands behind `if` and `elseif` in modules.conf.
#pragma once

#include "loader/modules/words.h"

namespace retromod {

/// Whether `WORD`, `[-n] A op B`, `-f FILE` or `-k` (autoclean), behind `!` or not, holds. As in modutils `! -k` is `-k`,
/// and a comparison by an unknown operator does not hold.
bool condition_holds(std::string_view text, const WordContext& context, bool autoclean);

} // namespace retromod
