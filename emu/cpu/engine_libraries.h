// SPDX-License-Identifier: GPL-2.0-or-later
// Shared libraries of engines, loaded before a process enters the jail: there it can load none.
#pragma once

#include "emu/memory/address_space.h"

namespace retromod {

/// Those that an engine over this memory needs, where that is not one of our own. Throws std::runtime_error.
void load_engine_libraries(const AddressSpace& memory);
/// Those that any engine needs, and the disassembler. Throws std::runtime_error.
void load_engine_libraries();

} // namespace retromod
