// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/kernel_package.h"

#include "emu/machine/host_text.h"
#include "loader/elf/constants.h"
#include "loader/elf/elf_file.h"
#include "loader/elf/modinfo.h"
#include "loader/elf/module_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
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
    if (!is_hex(line.substr(0, line.find(' '))))
        throw std::runtime_error(fmt::format("{}: '{}' is no line of Module.symvers or System.map", place, line));
    return map_symbol(line);
}

[[noreturn]] void unlike(const std::string& path, const std::string& what)
{
    throw NoLikeness(fmt::format("{}: {}", path, what));
}

/// The row for a kernel of that name and architecture, or nothing.
const Release* row_for(const std::string& uts_release, std::string_view arch)
{
    if (arch == "i386" && uts_release.starts_with("2.6.")) return find_release("2.6.17");
    if (arch != "x86_64") return nullptr;
    unsigned version = 0, patch = 0;
    if (std::sscanf(uts_release.c_str(), "%u.%u", &version, &patch) != 2) return nullptr;
    return find_release(version > 6 || (version == 6 && patch >= 4) ? "6.12" : "6.1");
}

/// Where struct module has a pointer to that function, by the relocations of its section.
std::optional<std::uint32_t> pointer_place(const ElfFile& file, const ElfFile::Section& module, std::string_view function,
                                           const std::string& path)
{
    for (const auto& table : file.sections()) {
        if ((table.type != elf::sht_rel && table.type != elf::sht_rela) || table.info != module.index) continue;
        const auto entries = file.relocations(table);
        if (!entries) unlike(path, explain(entries.problem(), path));
        if (table.link >= file.sections().size()) unlike(path, "its relocations name no symbol table");
        const auto symbols = file.symbols(file.sections()[table.link]);
        if (!symbols) unlike(path, explain(symbols.problem(), path));
        for (const auto& entry : *entries) {
            if (entry.symbol >= symbols->size() || (*symbols)[entry.symbol].name != function) continue;
            if (entry.offset >= module.size)
                unlike(path, fmt::format("its struct module points to {} at {}, behind its {} bytes", function, entry.offset,
                                         module.size));
            return static_cast<std::uint32_t>(entry.offset);
        }
    }
    return std::nullopt;
}

/// Where the name lies in struct module: the text, and zeros around it.
std::optional<std::uint32_t> name_place(std::span<const std::byte> module, std::string_view name)
{
    const std::string text = std::string(name) + '\0';
    const auto bytes = std::as_bytes(std::span(text));
    const auto found = std::search(module.begin(), module.end(), bytes.begin(), bytes.end());
    if (found == module.end()) return std::nullopt;
    return static_cast<std::uint32_t>(found - module.begin());
}

} // namespace

std::vector<GivenSymbol> read_exported_symbols(const std::string& path)
{
    std::istringstream file(read_host_text(path));
    std::vector<GivenSymbol> symbols;
    std::string line;
    for (unsigned number = 1; std::getline(file, line); ++number)
        if (!line.empty())
            if (auto symbol = read_line(line, fmt::format("{}:{}", path, number))) symbols.push_back(std::move(*symbol));
    if (symbols.empty()) throw std::runtime_error(path + ": no exported symbol of the kernel in it");
    return symbols;
}

ModuleLikeness read_likeness(const std::string& path)
{
    const auto module = read_module_file(path, Unpacks::everything);
    if (!module) throw std::runtime_error(explain(module.problem(), path));
    const auto file = ElfFile::open(module->bytes);
    if (!file) throw std::runtime_error(explain(file.problem(), path));

    const auto* this_module = file->find_section(".gnu.linkonce.this_module");
    if (!this_module) unlike(path, "it has no .gnu.linkonce.this_module");
    if (this_module->size > longest_struct_module) unlike(path, fmt::format("its struct module has {} bytes", this_module->size));
    const Modinfo modinfo(*file);
    const auto magic = modinfo.find("vermagic");
    if (!magic) unlike(path, "it has no version magic");
    const auto blank = std::min(magic->find(' '), magic->size());

    ModuleLikeness like;
    like.uts_release = magic->substr(0, blank);
    const auto* arch = file->header().arch();
    like.release = row_for(like.uts_release, arch ? arch->name : "");
    if (!like.release)
        unlike(path, fmt::format("it is for {} on {}; kernels since 2.6 are known for x86-64, and 2.6 for i386", like.uts_release,
                                 arch ? arch->name : "an unknown machine"));
    auto& profile = like.profile;
    profile.module_bytes = static_cast<std::uint32_t>(this_module->size);
    profile.init = pointer_place(*file, *this_module, "init_module", path);
    profile.exit = pointer_place(*file, *this_module, "cleanup_module", path);
    if (const auto name = modinfo.find("name")) profile.name = name_place(this_module->contents, *name);
    profile.vermagic_tail = magic->substr(blank);
    like.modversions = profile.vermagic_tail.find(" modversions") != std::string::npos;
    return like;
}

} // namespace retromod
