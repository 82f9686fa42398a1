// SPDX-License-Identifier: GPL-2.0-or-later
// Which table of conventions an architecture has. On those without one everything takes the C convention.
#include "emu/exports/conventions/conventions.h"

#include <algorithm>

namespace retromod {
namespace {

struct ArchRow {
    std::string_view arch;
    Convention (*find)(std::string_view symbol);
};
constexpr ArchRow rows[] = {
    {"alpha", alpha_convention_of}, {"arm", arm_convention_of},     {"m68k", m68k_convention_of},     {"mips", mips_convention_of},
    {"mipsel", mips_convention_of}, {"sparc", sparc_convention_of}, {"x86_64", x86_64_convention_of},
};

} // namespace

Convention convention_of(const Arch& arch, LayoutVersion exports, std::string_view symbol)
{
    if (arch.name == "i386") return i386_convention_of(exports, symbol);
    const auto* const row = std::ranges::find(rows, arch.name, &ArchRow::arch);
    return row == std::end(rows) ? Convention{} : row->find(symbol);
}

} // namespace retromod
