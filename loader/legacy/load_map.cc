// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/legacy/load_map.h"

#include <algorithm>
#include <bit>
#include <cctype>
#include <fmt/format.h>

namespace retromod {
namespace {

/// The symbol's letter, as nm has them. .bss has become a section with contents by now, so there is no B.
char letter_of(const Object& object, const LinkSymbol& symbol)
{
    char letter = '?';
    if (symbol.section == elf::shn_abs) {
        letter = 'A';
    } else if (symbol.section < elf::shn_loreserve) {
        const auto flags = object.section(symbol.section).flags;
        letter = flags & elf::shf_execinstr ? 'T' : flags & elf::shf_write ? 'D' : 'R';
    }
    return symbol.is_local() ? static_cast<char>(std::tolower(letter)) : letter;
}

bool is_listed(const Object& object, const LinkSymbol& symbol)
{
    if (symbol.is_imported()) return false;
    return symbol.section >= elf::shn_loreserve || object.section(symbol.section).is_loaded();
}

} // namespace

void print_load_map(const Object& object, Messages& messages)
{
    const auto digits = 2 * object.arch().word_bytes;
    messages.print(fmt::format("Sections:       Size      {:<{}}  Align", "Address", digits));
    for (const auto index : object.load_order()) {
        const auto& section = object.section(index);
        const auto power = section.alignment == 0 ? 0 : std::bit_width(section.alignment) - 1;
        messages.print(fmt::format("{:<15} {:08x}  {:0{}x}  2**{}", section.name, section.size, section.address.value,
                                   digits, power));
    }
    std::vector<const LinkSymbol*> listed;
    for (const auto* symbol : object.symbols().in_chain_order())
        if (is_listed(object, *symbol)) listed.push_back(symbol);
    std::ranges::stable_sort(listed, {}, [&](const LinkSymbol* symbol) { return object.address_of(*symbol); });
    messages.print("\nSymbols:");
    for (const auto* symbol : listed)
        messages.print(fmt::format("{:0{}x} {} {}", object.address_of(*symbol).value, digits,
                                   letter_of(object, *symbol), symbol->name));
}

} // namespace retromod
