// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/cpu_rows.h"

#include <algorithm>

namespace retromod {

const Cpu* find_cpu(const Arch& arch)
{
    static constexpr const Cpu* rows[] = {&cpu_i386, &cpu_x86_64, &cpu_mipsel, &cpu_mips, &cpu_ppc,
                                          &cpu_arm,  &cpu_sparc,  &cpu_m68k,   &cpu_alpha};
    const auto* const found = std::ranges::find_if(rows, [&](const Cpu* row) { return row->arch->name == arch.name; });
    return found == std::end(rows) ? nullptr : *found;
}

} // namespace retromod
