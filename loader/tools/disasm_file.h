// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace retromod {

/// Prints the code of a module file with its symbols and relocations; `only` one function unless that is empty.
/// Returns the exit status, having said what is wrong with the file.
int disassemble_file(const std::string& path, const std::string& only);

} // namespace retromod
