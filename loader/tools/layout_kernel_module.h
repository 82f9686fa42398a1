// SPDX-License-Identifier: GPL-2.0-or-later
// The struct module that a module file for kernels since 2.6 carries.
#pragma once

#include "loader/elf/elf_file.h"

#include <string>
#include <string_view>

namespace retromod {

/// The section that holds it, and by which such files are told from those that insmod links.
constexpr std::string_view this_module_section = ".gnu.linkonce.this_module";

/// Prints it member by member, as the file's kernel has it: what the file tells of its size and of the places of name, init
/// and exit, the rest as the nearest known release. Returns the exit status, having said why a file cannot be shown.
int print_kernel_module_layout(const ElfFile& file, const std::string& path);

} // namespace retromod
