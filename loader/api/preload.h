// SPDX-License-Identifier: GPL-2.0-or-later
// Shared libraries that are loaded when they are needed, loaded before a process enters the jail: there it can load none.
#pragma once

namespace retromod {

class Machine;

/// What guest code and system calls on this machine may need. Throws std::runtime_error.
void load_libraries(Machine& machine);
/// What any machine may need, and the disassembler. Throws std::runtime_error.
void load_all_libraries();

} // namespace retromod
