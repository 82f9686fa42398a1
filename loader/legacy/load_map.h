// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/legacy/messages.h"
#include "loader/link/object.h"

namespace retromod {

/// insmod -m: sections and symbols of a relocated module.
void print_load_map(const Object& object, Messages& messages);

} // namespace retromod
