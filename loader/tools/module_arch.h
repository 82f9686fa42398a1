// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/arch.h"

#include <string>

namespace retromod {

/// The architecture that a module file is of; null when it cannot be read as one, which whoever loads it will say, and
/// for one of 2.6 or later that runs on x86_64, where the two have machines of their own.
const Arch* arch_of_module(const std::string& path);

/// Whether it is a module of 2.6 or later that runs on x86_64.
bool is_modern_module(const std::string& path);

} // namespace retromod
