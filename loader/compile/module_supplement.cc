// SPDX-License-Identifier: GPL-2.0-or-later
// images/modern/build.py does the same for the sample modules.
#include "loader/compile/module_supplement.h"

#include "loader/compile/compiler.h"
#include "loader/elf/constants.h"
#include "loader/elf/elf_file.h"
#include "loader/elf/problem.h"
#include "loader/modern/kernel_symbols.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

constexpr std::size_t version_entry_bytes = 64; // struct modversion_info

template <class Value>
Value taken(ProblemOr<Value> value, std::string_view source)
{
    if (!value) throw SourceRefused(explain(value.problem(), std::string(source)));
    return std::move(*value);
}

std::vector<ElfFile::Symbol> symbols_of(const ElfFile& file, std::string_view source)
{
    for (const auto& section : file.sections())
        if (section.type == elf::sht_symtab) return taken(file.symbols(section), source);
    return {};
}

/// The exported names, in the table's order: an entry's second relocation points at its name.
std::vector<std::string_view> exports_of(const ElfFile& file, std::span<const ElfFile::Symbol> symbols, const std::string& table,
                                         std::string_view source)
{
    std::vector<std::string_view> names;
    const auto* relocations = file.find_section(".rela" + table);
    const auto* strings = file.find_section("__ksymtab_strings");
    if (!relocations || !strings) return names;
    constexpr std::uint64_t entry_bytes = 12, name_offset = 4;
    for (const auto& entry : taken(file.relocations(*relocations), source))
        if (entry.offset % entry_bytes == name_offset && entry.symbol < symbols.size()) {
            const auto place = symbols[entry.symbol].value + static_cast<std::uint64_t>(entry.addend);
            names.push_back(taken(string_at(strings->contents, place, "__ksymtab_strings"), source));
        }
    return names;
}

class Supplement {
public:
    Supplement(std::string_view name, const MachineOptions& machine)
        : name_(name), release_(*machine.release), rules_(*machine.release->modern),
          word_(machine.arch->word_bytes == 8 ? ".quad" : ".long"), word_bytes_(machine.arch->word_bytes),
          magic_(machine.uts_release + std::string(rules_.vermagic_tail))
    {
    }

    void modinfo()
    {
        section(".modinfo", "a");
        for (const auto& text : {fmt::format("name={}", name_), fmt::format("vermagic={}", magic_)})
            text_ += fmt::format("\t.asciz \"{}\"\n", text);
    }

    void versions(std::vector<std::string_view> imported)
    {
        if (!rules_.options.has(ModernOption::modversions)) return;
        imported.push_back("module_layout");
        section("__versions", "a");
        for (const auto symbol : imported) {
            const auto room = version_entry_bytes - word_bytes_;
            if (symbol.size() >= room) continue; // no entry can hold it, and the kernel says so
            text_ += fmt::format("\t{} {:#x}\n\t.ascii \"{}\"\n\t.zero {}\n", word_, profile_crc(symbol, release_), symbol,
                                 room - symbol.size());
        }
    }

    void export_versions(const char* table, const std::vector<std::string_view>& names)
    {
        if (names.empty() || !rules_.options.has(ModernOption::modversions)) return;
        section(table, "a");
        for (const auto name : names) text_ += fmt::format("\t.long {:#x}\n", profile_crc(name, release_));
    }

    void this_module(bool has_init, bool has_exit)
    {
        const auto& name = *find_member(rules_, "name");
        const auto& init = *find_member(rules_, "init");
        const auto& exit = *find_member(rules_, "exit");
        const auto kept = std::min<std::size_t>(name_.size(), name.size - 1);
        section(".gnu.linkonce.this_module", "aw");
        text_ += "\t.balign 64\n\t.globl __this_module\n\t.type __this_module, @object\n__this_module:\n";
        text_ += fmt::format("\t.zero {}\n\t.ascii \"{}\"\n\t.zero {}\n", name.offset, name_.substr(0, kept),
                             init.offset - name.offset - kept);
        text_ +=
            fmt::format("\t{} {}\n\t.zero {}\n", word_, has_init ? "init_module" : "0", exit.offset - init.offset - word_bytes_);
        text_ += fmt::format("\t{} {}\n\t.zero {}\n", word_, has_exit ? "cleanup_module" : "0",
                             rules_.module_bytes - exit.offset - word_bytes_);
        text_ += fmt::format("\t.size __this_module, {}\n", rules_.module_bytes);
    }

    std::string take()
    {
        section(".note.GNU-stack", "");
        return std::move(text_);
    }

private:
    void section(std::string_view title, std::string_view flags)
    {
        text_ += fmt::format("\t.section {},\"{}\",@progbits\n", title, flags);
    }

    std::string_view name_;
    const Release& release_;
    const ModernRules& rules_;
    std::string_view word_;
    unsigned word_bytes_;
    std::string magic_;
    std::string text_;
};

} // namespace

std::string module_supplement(std::span<const std::byte> unit, std::string_view name, const MachineOptions& machine,
                              std::string_view source)
{
    const auto file = taken(ElfFile::open(unit), source);
    const auto symbols = symbols_of(file, source);
    std::vector<std::string_view> imported;
    for (const auto& symbol : symbols)
        if (symbol.index && symbol.section == elf::shn_undef && symbol.name != "__this_module") imported.push_back(symbol.name);
    const auto defines = [&](std::string_view wanted) {
        return std::ranges::any_of(symbols,
                                   [&](const auto& symbol) { return symbol.section != elf::shn_undef && symbol.name == wanted; });
    };
    Supplement supplement(name, machine);
    supplement.modinfo();
    supplement.versions(std::move(imported));
    supplement.export_versions("__kcrctab", exports_of(file, symbols, "__ksymtab", source));
    supplement.export_versions("__kcrctab_gpl", exports_of(file, symbols, "__ksymtab_gpl", source));
    supplement.this_module(defines("init_module"), defines("cleanup_module"));
    return supplement.take();
}

} // namespace retromod
