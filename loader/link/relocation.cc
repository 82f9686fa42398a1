// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/link/relocation.h"

#include <algorithm>

namespace retromod {
namespace {

constexpr const RelocationArch* table[] = {
    &relocation_i386,
    &relocation_x86_64,
    &relocation_mips,
    &relocation_alpha,
    &relocation_ppc,
    &relocation_arm,
    &relocation_sparc,
    &relocation_m68k,
};

} // namespace

const RelocationKind* RelocationArch::find(std::uint32_t type) const
{
    const auto kind = std::ranges::find(kinds, type, &RelocationKind::type);
    return kind == kinds.end() ? nullptr : &*kind;
}

const RelocationArch* relocation_arch(const Arch& arch)
{
    const auto row = std::ranges::find_if(table, [&](const RelocationArch* row) {
        return row->elf_machine == arch.elf_machine && row->word_bytes == arch.word_bytes;
    });
    return row == std::end(table) ? nullptr : *row;
}

} // namespace retromod
