// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace retromod {

/// Prints what a module file would be in memory: its ELF header, its sections where insmod would put them, and the struct
/// module that insmod would build; `name`, which relocation fills in, is 0 where modules cannot be linked. All of it works for
/// architectures without an engine, too. Returns the exit status, having said what is wrong with the file.
int print_file_layout(const std::string& path);

} // namespace retromod
