// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/layout_set.h"
#include "emu/abi/layouts/tables.h"

#include <vector>

namespace retromod::layouts {

/// What a kernel was built for; rows hold for some builds and not for others.
struct Build {
    const Arch* arch;
    LayoutVersion version;
    bool smp;
    Compiler compiler;
    CpuSet cpu; ///< the set that has `arch` alone
    bool highmem = false;
};

CpuSet cpu_of(const Arch& arch);

bool holds(const When& when, const Build& build);

/// The first row of that name that holds for `build`, or nothing.
const Structure* find_structure(std::string_view name, const Build& build);
const Typedef* find_typedef(std::string_view name, const Build& build);

/// As above. Architectures other than i386 were measured in 2.4.37.11 only: its size is preferred for them.
const Opaque* find_opaque(std::string_view name, const Build& build);

/// All names of structures that hold for `build`, in order of declaration.
std::vector<std::string_view> structure_names(const Build& build);

} // namespace retromod::layouts
