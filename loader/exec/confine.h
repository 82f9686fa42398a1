// SPDX-License-Identifier: GPL-2.0-or-later
// What a program may see and write of the host's files.
#pragma once

#include <string>
#include <vector>

namespace retromod::exec {

struct Confinement {
    std::string root = {};                   ///< the program's "/"; empty: the host's
    std::vector<std::string> writable = {};  ///< folders as seen from there, below which it may write
};

/// Confines this process for good, and what it starts. Needs no privileges: another "/" is made in a user namespace of the
/// process's own where it may not be changed otherwise. Errors: std::runtime_error, std::system_error.
void confine(const Confinement& wanted);

} // namespace retromod::exec
