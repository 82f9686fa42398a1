// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/machine/machine.h"

namespace retromod {

/// utsname.version of a machine's kernel, `uname -v`: the number of its build, "SMP" if it is one, and the date, which is
/// the machine's date of boot. Source: scripts/mkcompile_h of 2.4, the Makefile of 2.2.
inline std::string_view uts_version(const Machine& machine)
{
    return machine.smp() ? "#1 SMP Thu Oct 23 07:00:00 UTC 2003" : "#1 Thu Oct 23 07:00:00 UTC 2003";
}

} // namespace retromod
