// SPDX-License-Identifier: GPL-2.0-or-later
// The code of a module, function by function.
#include "emu/cpu/cpu.h"
#include "loader/report/gather.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace retromod {
namespace {

constexpr std::size_t most_instructions = 12000; ///< on one page: nobody reads more, and browsers slow down

/// The symbol that names code is shown, not those that the loader or the compiler made for other ends.
bool names_code(const PlacedSymbol& symbol)
{
    return !symbol.name.empty() && !symbol.name.starts_with("__insmod_") && !symbol.name.starts_with(".L")
           && !symbol.name.starts_with("$") && symbol.name != "gcc2_compiled."; // $a, $d: arm's marks of code and data
}

/// Where functions of a section begin, with their names.
std::map<std::uint64_t, std::string> starts_in(const ShownSection& section, std::span<const PlacedSymbol> symbols)
{
    std::map<std::uint64_t, std::string> starts{{section.address, section.name}};
    for (const auto& symbol : symbols) {
        const bool inside = symbol.address >= section.address && symbol.address - section.address < section.size;
        if (inside && symbol.section == section.name && names_code(symbol)) starts[symbol.address] = symbol.name;
    }
    return starts;
}

/// Numbers of relocations by the address of their field.
std::multimap<std::uint64_t, std::size_t> places_of(const LoadRecord& record)
{
    std::multimap<std::uint64_t, std::size_t> places;
    for (std::size_t i = 0; i < record.relocations.size(); ++i)
        places.emplace(record.relocations[i].P, i);
    return places;
}

} // namespace

void add_functions(LoadRecord& record, const Cpu& cpu, std::span<const std::byte> image, std::vector<PlacedSymbol> symbols)
{
    std::ranges::stable_sort(record.sections, {}, &ShownSection::address);
    const auto places = places_of(record);
    std::size_t shown = 0;
    for (const auto& section : record.sections) {
        const auto offset = section.address - record.base;
        if (section.what != "code" || offset > image.size() || section.size > image.size() - offset) continue;
        const auto starts = starts_in(section, symbols);
        for (auto start = starts.begin(); start != starts.end(); ++start) {
            const auto next = std::next(start);
            const auto end = next == starts.end() ? section.address + section.size : next->first;
            if (end == start->first) continue;
            ShownFunction function{section.name, start->second, start->first, end - start->first, {}};
            if (shown < most_instructions)
                for (auto& instruction :
                     disassemble(cpu, image.subspan(start->first - record.base, function.size), {start->first})) {
                    ShownInstruction line{instruction.address.value, std::move(instruction.text), {}};
                    auto place = places.lower_bound(line.address);
                    for (; place != places.end() && place->first < line.address + instruction.bytes; ++place)
                        line.relocations.push_back(place->second);
                    function.code.push_back(std::move(line));
                }
            shown += function.code.size();
            record.functions.push_back(std::move(function));
        }
    }
}

std::string meaning_of(const LoadRecord& record, std::span<const PlacedSymbol> symbols, std::uint64_t address)
{
    for (const auto& symbol : symbols)
        if (symbol.address == address && names_code(symbol)) return symbol.name;
    for (const auto& section : record.sections)
        if (address >= section.address && address - section.address < section.size)
            return address == section.address ? section.name : fmt::format("{}+{:#x}", section.name, address - section.address);
    for (const auto& section : record.sections) // the end of a table
        if (address == section.address + section.size) return fmt::format("the end of {}", section.name);
    return "";
}

} // namespace retromod
