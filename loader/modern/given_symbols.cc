// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/modern/given_symbols.h"

#include "loader/modern/rows.h"

#include <stdexcept>

namespace retromod {

void give_symbols(Machine& machine, std::span<const GivenSymbol> symbols)
{
    auto rows = machine.table<GivenSymbolRow>();
    for (const auto& symbol : symbols) {
        auto* row = rows.insert();
        if (!row) throw std::length_error("there are more exported symbols than a machine has room for");
        if (symbol.name.size() >= sizeof row->name || symbol.name_space.size() >= sizeof row->name_space)
            throw std::length_error("the name of an exported symbol is too long: " + symbol.name);
        row->crc = symbol.crc.value_or(0);
        row->has_crc = symbol.crc.has_value();
        row->gpl_only = symbol.gpl_only;
        set_row_text(row->name, symbol.name);
        set_row_text(row->name_space, symbol.name_space);
    }
}

bool has_given_symbols(Machine& machine) { return machine.table<GivenSymbolRow>().size() != 0; }

const GivenSymbolRow* find_given_symbol(Machine& machine, std::string_view name)
{
    return machine.table<GivenSymbolRow>().find_if([&](const GivenSymbolRow& row) { return row_text(row.name) == name; });
}

} // namespace retromod
