// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/elf/modinfo.h"
#include "loader/legacy/kernel_info.h"
#include "loader/link/object.h"

namespace retromod {

/// The kernel version that a module was compiled for.
struct ModuleVersion {
    int code = -1;           ///< a << 16 | b << 8 | c of "a.b.c"; -1 when there is none
    std::string text;        ///< the whole release string, 32 characters of it at most
    bool in_modinfo = false; ///< .modinfo has it, so .modinfo also tells of parameters and checksums
};

ModuleVersion module_version(const Object& object, const Modinfo& modinfo);

/// Whether symbols carry checksums of their types in their names: non-zero if so.
std::int64_t kernel_checksums(const KernelInfo& kernel, const Arch& arch);
std::int64_t module_checksums(const Object& object, const Modinfo& modinfo, const ModuleVersion& version);

/// What stands between `_R` and the checksum in a kernel's names: taken from a well-known symbol's name, else from
/// whether uname's version says SMP.
std::string derived_prefix(const KernelInfo& kernel, std::string_view uname_version);

/// modutils' number for "a.b.c...", or -1.
int version_code(std::string_view release);

} // namespace retromod
