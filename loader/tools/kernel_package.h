// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/release.h"
#include "loader/modern/given_symbols.h"

#include <optional>
#include <string>
#include <vector>

namespace retromod {

/// The symbols that a kernel since 2.6 exports itself, from its Module.symvers (with versions, licences and namespaces) or
/// its System.map (names only: `__ksymtab_NAME`). std::runtime_error that names the line.
std::vector<GivenSymbol> read_exported_symbols(const std::string& path);

/// What a module file tells of the kernel that it was built for.
struct ModuleLikeness {
    std::string uts_release; ///< the first word of its version magic
};

/// Reads it from a .ko and holds it against what `release` has: the size of struct module, where its init and exit lie, and
/// the version magic behind the release. Throws std::runtime_error that says what differs: such modules cannot be judged.
ModuleLikeness read_likeness(const std::string& path, const Release& release);

} // namespace retromod
