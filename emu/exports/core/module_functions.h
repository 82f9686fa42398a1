// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/export.h"

#include <span>

namespace retromod {

/// What linux/module.h declares for other modules' sake: use counts, symbols by name, inter_module_*.
std::span<const Export> module_functions();

} // namespace retromod
