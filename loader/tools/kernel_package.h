// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/release.h"
#include "loader/modern/given_symbols.h"
#include "loader/modern/module_profile.h"

#include <optional>
#include <stdexcept>
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

/// A module file that does not tell of its kernel; the text names the file and what is wrong.
struct NoLikeness : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Reads it from a .ko: the size of struct module and where its name, init and exit lie, the version magic. Throws NoLikeness,
/// or std::runtime_error when it is no module file at all.
ModuleLikeness read_likeness(const std::string& path);

} // namespace retromod
