// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/disasm_file.h"

#include "emu/cpu/cpu.h"
#include "loader/elf/constants.h"
#include "loader/elf/elf_file.h"
#include "loader/elf/module_file.h"
#include "loader/link/relocation.h"
#include "loader/tools/command.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace retromod {
namespace {

/// The symbols and relocations of a file, by section.
struct Annotations {
    std::map<std::uint32_t, std::vector<ElfFile::Symbol>> symbols;        ///< sorted by value
    std::map<std::uint32_t, std::multimap<std::uint64_t, std::string>> relocations; ///< text by offset
};

std::string relocation_name(const Arch& arch, std::uint32_t type)
{
    const auto* rows = relocation_arch(arch);
    const auto* kind = rows ? rows->find(type) : nullptr;
    return kind ? std::string(kind->name) : fmt::format("type {}", type);
}

ProblemOr<Annotations> annotate(const ElfFile& file, const Arch& arch)
{
    Annotations notes;
    std::vector<ElfFile::Symbol> all;
    for (const auto& section : file.sections()) {
        if (section.type != elf::sht_symtab) continue;
        auto symbols = file.symbols(section);
        if (!symbols) return symbols.problem();
        all = *symbols;
    }
    for (const auto& symbol : all)
        if (!symbol.name.empty() && symbol.type != elf::stt_section && symbol.type != elf::stt_file)
            notes.symbols[symbol.section].push_back(symbol);
    for (auto& [section, symbols] : notes.symbols) std::ranges::stable_sort(symbols, {}, &ElfFile::Symbol::value);
    for (const auto& section : file.sections()) {
        if (section.type != elf::sht_rel && section.type != elf::sht_rela) continue;
        const auto entries = file.relocations(section);
        if (!entries) return entries.problem();
        for (const auto& entry : *entries) {
            const auto name = entry.symbol < all.size() ? all[entry.symbol].name : std::string_view("?");
            const auto addend = entry.addend ? fmt::format("{:+#x}", entry.addend) : "";
            notes.relocations[section.info].emplace(
                entry.offset, fmt::format("{} {}{}", relocation_name(arch, entry.type), name, addend));
        }
    }
    return notes;
}

/// Bytes [start, end) of a section.
struct Range {
    std::uint64_t start, end;
};

/// The part of a section that is to be shown, if any.
std::optional<Range> wanted(const ElfFile::Section& section, const Annotations& notes, const std::string& only)
{
    if (only.empty()) return Range{0, section.contents.size()};
    const auto symbols = notes.symbols.find(section.index);
    if (symbols == notes.symbols.end()) return std::nullopt;
    const auto found = std::ranges::find(symbols->second, only, &ElfFile::Symbol::name);
    if (found == symbols->second.end() || found->value > section.contents.size()) return std::nullopt;
    auto end = section.contents.size();
    for (const auto& other : symbols->second)
        if (other.value > found->value) end = std::min<std::uint64_t>(end, other.value);
    return Range{found->value, end};
}

void print_range(const Cpu& cpu, const ElfFile::Section& section, Annotations& notes, Range range)
{
    const auto& symbols = notes.symbols[section.index];
    const auto& relocations = notes.relocations[section.index];
    auto symbol = std::ranges::lower_bound(symbols, range.start, {}, &ElfFile::Symbol::value);
    auto relocation = relocations.lower_bound(range.start);
    const auto code = section.contents.subspan(range.start, range.end - range.start);
    for (const auto& instruction : disassemble(cpu, code, {range.start})) {
        for (; symbol != symbols.end() && symbol->value <= instruction.address.value; ++symbol)
            fmt::print("\n{:08x} <{}>:\n", symbol->value, symbol->name);
        fmt::print("{:8x}:\t{}\n", instruction.address.value, instruction.text);
        const auto end = instruction.address.value + instruction.bytes;
        for (; relocation != relocations.end() && relocation->first < end; ++relocation)
            fmt::print("\t\t{:x}: {}\n", relocation->first, relocation->second);
    }
}

int refuse(const Problem& problem, const std::string& path)
{
    complain(explain(problem, path));
    return exit_status::failure;
}

} // namespace

int disassemble_file(const std::string& path, const std::string& only)
{
    const auto bytes = read_module_file(path, Unpacks::everything);
    if (!bytes) return refuse(bytes.problem(), path);
    const auto file = ElfFile::open(bytes->bytes);
    if (!file) return refuse(file.problem(), path);
    const auto* arch = file->header().arch();
    const auto* cpu = arch ? find_cpu(*arch) : nullptr;
    if (!cpu) {
        complain(fmt::format("{}: e_machine {} has no disassembler here", path, file->header().machine));
        return exit_status::failure;
    }
    auto notes = annotate(*file, *arch);
    if (!notes) return refuse(notes.problem(), path);
    bool shown = false;
    for (const auto& section : file->sections()) {
        if (!(section.flags & elf::shf_execinstr) || section.contents.empty()) continue;
        const auto range = wanted(section, *notes, only);
        if (!range) continue;
        fmt::print("{}{}:\n", shown ? "\n" : "", section.name);
        print_range(*cpu, section, *notes, *range);
        shown = true;
    }
    if (shown) return 0;
    complain(fmt::format("{}: {}", path, only.empty() ? "no code in it" : fmt::format("no function '{}' in it", only)));
    return exit_status::failure;
}

} // namespace retromod
