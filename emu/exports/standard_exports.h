// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/export.h"

namespace retromod {

/// Everything that modules can import from the kernels we model.
const ExportTable& standard_exports();

} // namespace retromod
