// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/arch.h"

#include <cstddef>
#include <span>

namespace retromod {

/// The core's object file for an architecture, as it is kept in images/core/built; empty where there is none.
std::span<const std::byte> core_object(const Arch& arch, unsigned series_minor);

} // namespace retromod
