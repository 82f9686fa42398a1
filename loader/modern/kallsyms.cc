// SPDX-License-Identifier: GPL-2.0-or-later
// Symbols of modules, exported or not: /proc/kallsyms, and names in oopses and traces. Source: kernel/module/kallsyms.c,
// kernel/kallsyms.c of 6.1.
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/symbols.h"
#include "loader/modern/kernel_symbols.h"
#include "loader/modern/modern_kernel.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <tuple>

namespace retromod {

using namespace modern_elf;

namespace {

/// Source: elf_type; what is not allocated is not kept.
char type_letter(const ModernSymbol& symbol, const ModernSection& section)
{
    constexpr unsigned object = 1;
    if (symbol.binding() == weak) return (symbol.info & 15) == object ? 'v' : 'w';
    if (section.flags & flag_exec) return 't';
    if (section.type == type_nobits) return 'b';
    return section.flags & flag_write ? 'd' : 'r';
}

} // namespace

/// Notes the symbols of allocated sections. Those of .init go with its memory.
void ModernKernel::note_symbols(const LoadInfo& info)
{
    std::map<GuestAddr, std::vector<DebugSymbol>> by_area;
    for (const auto& symbol : info.symbols) {
        if (!symbol.name || symbol.section == undefined || symbol.section >= info.sections.size()) continue;
        if (!info.allocated(symbol.section)) continue;
        const auto area = kernel_.memory().vmalloc_area({symbol.value});
        if (area) by_area[area->start].push_back({info.symbol_name(symbol), {symbol.value},
                                                  type_letter(symbol, info.sections[symbol.section])});
    }
    for (const auto& [area, symbols] : by_area) kernel_.symbols().add_debug(area, symbols);
}

/// The module whose memory that is; empty: nobody's.
std::string ModernKernel::owner_of(GuestAddr address)
{
    for (const auto& module : kernel_.machine().table<ModernModuleRow>())
        for (std::size_t kind = 0; kind < memory_kinds; ++kind)
            if (module.area[kind] && address.value - module.area[kind] < module.area_bytes[kind])
                return std::string(row_text(module.name));
    return "";
}

// Source: s_show: addresses are 0 for who may not see them; a module's letter is a capital where it exports the symbol.
// Differs from 6.1: of the kernel's own symbols we have those that are exported.
std::string ModernKernel::proc_kallsyms(bool privileged)
{
    const auto digits = 2 * kernel_.arch().word_bytes;
    const auto shown = [&](std::uint64_t address) { return privileged ? address : 0; };
    std::vector<std::tuple<GuestAddr, char, std::string_view>> own;
    for (const auto& known : kernel_symbol_names()) {
        const auto variable = kernel_.symbols().find_variable(known.name);
        const auto address = variable ? variable : kernel_.symbols().address(known.name);
        if (address && find_kernel_symbol(kernel_.machine().release(), known.name))
            own.emplace_back(*address, variable ? 'D' : 'T', known.name);
    }
    std::ranges::sort(own);
    std::string text;
    for (const auto& [at, type, name] : own) text += fmt::format("{:0{}x} {} {}\n", shown(at.value), digits, type, name);
    for (const auto* module : modules()) {
        if (module->state >= ModuleState::unformed) continue;
        const auto exported = exported_symbols(*module);
        const std::set<std::pair<std::string, GuestAddr>> exports(exported.begin(), exported.end());
        for (const auto& row : kernel_.machine().table<DebugSymbolRow>()) {
            if (!row.type || std::ranges::find(module->area, row.module) == std::end(module->area)) continue;
            const bool is_exported = exports.contains({row.name, {row.address}});
            const auto letter = static_cast<char>(is_exported ? std::toupper(static_cast<int>(row.type)) : row.type);
            text += fmt::format("{:0{}x} {} {}\t[{}]\n", shown(row.address), digits, letter, row.name, row_text(module->name));
        }
    }
    return text;
}

} // namespace retromod
