// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/kernel_package.h"

#include "loader/elf/elf_file.h"
#include "loader/elf/modinfo.h"
#include "loader/elf/module_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <sstream>

namespace retromod {
namespace {

std::vector<std::string> fields_of(const std::string& line)
{
    std::vector<std::string> fields;
    std::istringstream text(line);
    for (std::string field; std::getline(text, field, '\t');) fields.push_back(field);
    return fields;
}

/// A line of Module.symvers: CRC, name, module, kind of export, namespace, between tabs. Nothing for other modules' symbols.
std::optional<GivenSymbol> symvers_symbol(const std::vector<std::string>& fields)
{
    if (fields[2] != "vmlinux") return std::nullopt;
    GivenSymbol symbol{fields[1], std::nullopt, fields.size() > 3 && fields[3].find("GPL") != std::string::npos,
                       fields.size() > 4 ? fields[4] : std::string()};
    std::uint32_t crc = 0;
    const auto& text = fields[0];
    if (std::from_chars(text.data() + 2, text.data() + text.size(), crc, 16).ec == std::errc{} && crc) symbol.crc = crc;
    return symbol;
}

/// A line of System.map: "ffffffff82a1b2c8 r __ksymtab_printk".
std::optional<GivenSymbol> map_symbol(const std::string& line)
{
    constexpr std::string_view prefix = "__ksymtab_";
    std::istringstream words(line);
    std::string address, kind, name;
    if (!(words >> address >> kind >> name) || !name.starts_with(prefix)) return std::nullopt;
    return GivenSymbol{name.substr(prefix.size()), std::nullopt, false, {}};
}

bool is_hex(std::string_view text)
{
    return !text.empty() && text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

std::optional<GivenSymbol> read_line(const std::string& line, const std::string& place)
{
    if (const auto fields = fields_of(line); fields.size() >= 3 && fields[0].starts_with("0x")) return symvers_symbol(fields);
    if (!is_hex(line.substr(0, line.find(' ')))) throw std::runtime_error(fmt::format("{}: '{}' is no line of Module.symvers or System.map", place, line));
    return map_symbol(line);
}

[[noreturn]] void unlike(const std::string& path, const std::string& what) { throw std::runtime_error(fmt::format("--like {}: {}", path, what)); }

/// Where the relocations of struct module store an address: the offsets of init and exit.
std::vector<std::uint64_t> pointer_places(const ElfFile& file)
{
    std::vector<std::uint64_t> places;
    const auto* table = file.find_section(".rela.gnu.linkonce.this_module");
    if (!table) table = file.find_section(".rel.gnu.linkonce.this_module");
    if (!table) return places;
    const auto entries = file.relocations(*table);
    if (!entries) return places;
    for (const auto& entry : *entries) places.push_back(entry.offset);
    return places;
}

} // namespace

std::vector<GivenSymbol> read_exported_symbols(const std::string& path)
{
    std::ifstream file(path);
    if (!file) throw std::runtime_error(fmt::format("{}: {}", path, std::strerror(errno)));
    std::vector<GivenSymbol> symbols;
    std::string line;
    for (unsigned number = 1; std::getline(file, line); ++number)
        if (!line.empty())
            if (auto symbol = read_line(line, fmt::format("{}:{}", path, number))) symbols.push_back(std::move(*symbol));
    if (symbols.empty()) throw std::runtime_error(path + ": no exported symbol of the kernel in it");
    return symbols;
}

ModuleLikeness read_likeness(const std::string& path, const Release& release)
{
    const auto module = read_module_file(path);
    if (!module) throw std::runtime_error(explain(module.problem(), path));
    const auto file = ElfFile::open(module->bytes);
    if (!file) throw std::runtime_error(explain(file.problem(), path));
    const auto& rules = *release.modern;

    const auto* this_module = file->find_section(".gnu.linkonce.this_module");
    if (!this_module) unlike(path, "it has no .gnu.linkonce.this_module");
    if (this_module->size != rules.module_bytes)
        unlike(path, fmt::format("its struct module has {} bytes; ours of {} has {}", this_module->size, release.name, rules.module_bytes));
    for (const auto place : pointer_places(*file))
        if (place != find_member(rules, "init")->offset && place != find_member(rules, "exit")->offset)
            unlike(path, fmt::format("its struct module has a pointer at {}; ours of {} has init at {} and exit at {}", place, release.name,
                                     find_member(rules, "init")->offset, find_member(rules, "exit")->offset));

    const Modinfo modinfo(*file);
    const auto magic = modinfo.find("vermagic");
    if (!magic) unlike(path, "it has no version magic");
    const auto blank = std::min(magic->find(' '), magic->size());
    if (magic->substr(blank) != rules.vermagic_tail)
        unlike(path, fmt::format("its kernel was built as '{}'; ours of {} as '{}'", magic->substr(blank), release.name, rules.vermagic_tail));
    return {std::string(magic->substr(0, blank))};
}

} // namespace retromod
