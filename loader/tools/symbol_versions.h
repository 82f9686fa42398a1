// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <unordered_map>

namespace retromod {

/// Reads the exported names of a kernel with their versions, by plain name, from a copy of its /proc/ksyms, its
/// System.map or a list like them: an address, perhaps a type letter, a name. Lines of modules are left out; of a
/// System.map only `__kstrtab_NAME` counts. Throws std::runtime_error that names file and line.
std::unordered_map<std::string, std::string> read_symbol_versions(const std::string& path);

} // namespace retromod
