// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/guest_addr.h"
#include "emu/machine/machine.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace retromod {

/// A symbol that a particular kernel exports, from its Module.symvers or System.map.
struct GivenSymbol {
    std::string name;
    std::optional<std::uint32_t> crc; ///< none: the file does not tell
    bool gpl_only = false;
    std::string name_space;
};

/// A row of the machine for each; where there are any, the kernel exports these and no others.
struct GivenSymbolRow {
    static constexpr std::string_view table_name = "modern_given_symbols";
    static constexpr std::uint32_t table_capacity = 1 << 16;
    std::uint32_t used;
    std::uint32_t crc;
    std::uint32_t has_crc;
    std::uint32_t gpl_only;
    char name[80];
    char name_space[48];
};

/// Lets the machine's kernel export these. std::length_error for more, or longer names, than there is room for.
void give_symbols(Machine& machine, std::span<const GivenSymbol> symbols);
bool has_given_symbols(Machine& machine);
const GivenSymbolRow* find_given_symbol(Machine& machine, std::string_view name);

} // namespace retromod
