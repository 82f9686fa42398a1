// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace retromod {

/// The folder that holds the period names: libexec/retromod of an installed program, else its own. std::runtime_error where neither
/// has them.
std::string names_folder();

/// Sets this process's environment so that what it starts stays on the machine of that file: period names are first in PATH, and
/// in bash and its scripts also names with a folder of the system's (/sbin/insmod) are the period's, by functions in
/// period-names.bash, which BASH_ENV names. `folder`: names_folder().
void stay_on_machine(const std::string& folder, const std::string& machine);

} // namespace retromod
