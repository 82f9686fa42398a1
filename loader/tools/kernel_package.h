// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/release.h"
#include "loader/modern/given_symbols.h"
#include "loader/modern/module_profile.h"

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
    const Release* release;  ///< the row nearest to it: on x86-64 6.12 from 6.4 on, 6.1 before; on i386 2.6.17
    ModuleProfile profile;
    bool modversions;        ///< whether its kernel has symbol versions
};

/// Reads it from a .ko: the size of struct module and where its name, init and exit lie, the version magic. Throws
/// std::runtime_error that says why a file cannot tell.
ModuleLikeness read_likeness(const std::string& path);

} // namespace retromod
