// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/export.h"

namespace retromod {

/// What 2.4 kernels offer to modules, with the core in the guest linked at boot (docs/core.md).
const ExportTable& linked_exports();

} // namespace retromod
