// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/unicorn/unicorn_arch.h"

#include <algorithm>

namespace retromod {

const UnicornArch* find_unicorn_arch(const Arch& arch)
{
    static constexpr const UnicornArch* rows[] = {&unicorn_i386, &unicorn_x86_64, &unicorn_mipsel, &unicorn_mips,
                                                  &unicorn_ppc,  &unicorn_arm,    &unicorn_sparc,  &unicorn_m68k};
    const auto* const found = std::ranges::find(rows, arch.name, [](const auto* row) { return row->name; });
    return found == std::end(rows) ? nullptr : *found;
}

} // namespace retromod
