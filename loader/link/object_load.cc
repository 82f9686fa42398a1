// SPDX-License-Identifier: GPL-2.0-or-later
// From file to Object, in insmod's order: types of all sections, then symbols, then relocations.
#include "loader/link/object.h"

#include <algorithm>
#include <fmt/format.h>

namespace retromod {
namespace {

// Names may share bytes of their table; beyond this factor of the file's size a small file would cost without bound.
constexpr std::uint64_t names_factor = 16;
constexpr std::uint64_t names_allowance = 1 << 20;

// Beyond these, sums of sizes might wrap; no machine has that much memory.
constexpr std::uint64_t largest_size = std::uint64_t{1} << 40;
constexpr std::uint64_t largest_alignment = std::uint64_t{1} << 31;

bool is_relocation_table(std::uint32_t type)
{
    return type == elf::sht_rel || type == elf::sht_rela;
}

std::uint32_t native_table(const Arch& arch)
{
    return arch.relocation_form == RelocationForm::rela ? elf::sht_rela : elf::sht_rel;
}

/// modutils looks at processor-specific types on MIPS only. Source: modutils 2.4.26, which skips DWARF, too.
bool passes_on_mips(std::uint32_t type)
{
    constexpr std::uint32_t mips_debug = 0x70000005, mips_reginfo = 0x70000006, mips_dwarf = 0x7000001e;
    return type == mips_debug || type == mips_reginfo || type == mips_dwarf;
}

/// insmod knows the section types of its time and refuses all others, up to the processor-specific ones.
std::optional<Problem> judge_type(const ElfFile::Section& section, const Arch& arch)
{
    constexpr std::uint32_t known[] = {elf::sht_null,   elf::sht_progbits, elf::sht_symtab,
                                       elf::sht_strtab, elf::sht_note,     elf::sht_nobits};
    if (std::ranges::find(known, section.type) != std::end(known)) return std::nullopt;
    constexpr std::uint16_t mips_machine = 8;
    if (section.type >= elf::sht_loproc) {
        if (arch.elf_machine != mips_machine || passes_on_mips(section.type)) return std::nullopt;
        return Problem{
            .kind = ProblemKind::unknown_section_type, .where = std::string(section.name), .value = section.type};
    }
    if (section.type == native_table(arch)) return std::nullopt;
    if (is_relocation_table(section.type)) {
        if (section.size == 0) return std::nullopt;
        return Problem{.kind = ProblemKind::wrong_relocation_form,
                       .where = std::string(section.name),
                       .value = section.type,
                       .detail = section.type == elf::sht_rela ? "RELA" : "REL"};
    }
    return Problem{
        .kind = ProblemKind::unhandled_section_type, .where = std::string(section.name), .value = section.type};
}

/// gcc has no way to say that a section is not loaded, so the kernel's headers may have left these as loaded.
bool is_description(std::string_view name)
{
    return name == ".modinfo" || name == ".modstring";
}

/// Bytes that insmod takes from the file. Differs from modutils: a processor-specific section's bytes are not read
/// there either, but what then lies in its place is chance; here it is zeros.
std::span<const std::byte> image_bytes(const ElfFile::Section& section)
{
    return section.type == elf::sht_note || section.type >= elf::sht_loproc ? std::span<const std::byte>{}
                                                                            : section.contents;
}

std::optional<Problem> judge_size(std::string_view what, std::uint64_t size, std::uint64_t alignment)
{
    if (size > largest_size)
        return Problem{
            .kind = ProblemKind::image_too_large, .where = std::string(what), .value = size, .expected = largest_size};
    if (alignment > largest_alignment)
        return Problem{.kind = ProblemKind::image_too_large,
                       .where = std::string(what),
                       .value = alignment,
                       .expected = largest_alignment};
    return std::nullopt;
}

LinkSymbol link_symbol(const ElfFile::Symbol& symbol)
{
    return {.name = symbol.name,
            .value = symbol.value,
            .size = symbol.size,
            .section = symbol.section,
            .binding = symbol.binding,
            .type = symbol.type};
}

} // namespace

ProblemOr<Object> Object::load(const ElfFile& file, const Arch& arch, std::vector<Problem>& complaints)
{
    Object object;
    object.arch_ = &arch;
    if (auto problem = object.take_sections(file)) return *problem;
    for (const auto& section : file.sections())
        if (section.type == elf::sht_symtab)
            if (auto problem = object.take_symbols(file, section, complaints)) return *problem;
    for (const auto& section : file.sections())
        if (section.type == native_table(arch))
            if (auto problem = object.take_relocations(file, section, complaints)) return *problem;
    return object;
}

std::optional<Problem> Object::take_sections(const ElfFile& file)
{
    for (const auto& section : file.sections())
        if (auto problem = judge_type(section, *arch_)) return problem;
    for (const auto& from : file.sections()) {
        const bool loaded = (from.flags & elf::shf_alloc) != 0; // of others the alignment does not matter
        if (auto problem = judge_size(from.name, from.size, loaded ? from.alignment : 0)) return problem;
        LinkSection section;
        section.name = from.name;
        section.type = from.type;
        section.flags = is_description(from.name) ? from.flags & ~elf::shf_alloc : from.flags;
        section.alignment = from.alignment;
        section.size = from.size;
        section.address = {from.address}; // stays when it is not loaded: its symbols count from there
        section.file_ = image_bytes(from);
        const auto index = append_section(std::move(section));
        if (sections_[index].is_loaded()) insert_in_load_order(index);
    }
    return std::nullopt;
}

std::optional<Problem> Object::take_symbols(const ElfFile& file, const ElfFile::Section& table,
                                            std::vector<Problem>& complaints)
{
    const auto symbols = file.symbols(table);
    if (!symbols) return symbols.problem();
    std::uint64_t name_bytes = 0;
    const auto limit = file.bytes().size() * names_factor + names_allowance;
    std::vector<LinkSymbol*> by_index(symbols->size());
    for (std::size_t index = 1; index < symbols->size(); ++index) {
        const auto& symbol = (*symbols)[index];
        name_bytes += symbol.name.size();
        if (name_bytes > limit)
            return Problem{.kind = ProblemKind::names_too_long,
                           .where = std::string(table.name),
                           .value = name_bytes,
                           .expected = limit};
        if (symbol.section == elf::shn_common)
            if (auto problem = judge_size(symbol.name, symbol.size, symbol.value)) return problem;
        const auto added = symbols_.add(link_symbol(symbol));
        by_index[index] = added.symbol;
        if (added.multiply_defined)
            complaints.push_back({.kind = ProblemKind::multiply_defined,
                                  .where = std::string(table.name),
                                  .symbol = std::string(symbol.name)});
        if (symbol.binding == elf::stb_local && index >= table.info)
            complaints.push_back({.kind = ProblemKind::local_symbol_index,
                                  .where = std::string(table.name),
                                  .value = index,
                                  .expected = table.info,
                                  .symbol = std::string(symbol.name)});
    }
    // A global name stands for whatever the table holds by that name when all are in.
    for (std::size_t index = 1; index < symbols->size(); ++index)
        if ((*symbols)[index].binding != elf::stb_local) by_index[index] = symbols_.find((*symbols)[index].name);
    symbols_by_index_[table.index] = std::move(by_index);
    return std::nullopt;
}

std::optional<Problem> Object::take_relocations(const ElfFile& file, const ElfFile::Section& table,
                                                std::vector<Problem>& complaints)
{
    auto entries = file.relocations(table);
    if (!entries) return entries.problem();
    const auto symbols = symbols_by_index_.find(table.link);
    if (symbols == symbols_by_index_.end())
        return Problem{.kind = ProblemKind::bad_link,
                       .where = std::string(table.name),
                       .value = table.link,
                       .expected = sections_.size()};
    if (table.info >= sections_.size())
        return Problem{.kind = ProblemKind::bad_link,
                       .where = std::string(table.name),
                       .value = table.info,
                       .expected = sections_.size()};

    RelocationTable relocations{.target = table.info, .symbols = table.link, .entries = {}};
    const bool loaded = sections_[table.info].is_loaded();
    for (const auto& entry : *entries) {
        const bool in_table = entry.symbol < symbols->second.size();
        if (!in_table && entry.symbol != 0) {
            complaints.push_back({.kind = ProblemKind::bad_symbol_index,
                                  .where = std::string(table.name),
                                  .offset = entry.offset,
                                  .value = entry.symbol,
                                  .expected = symbols->second.size()});
            continue;
        }
        // A debug section's reference counts as one, too, though it is not relocated.
        if (auto* symbol = in_table ? symbols->second[entry.symbol] : nullptr) symbol->relocated_as = entry.type;
        if (loaded) relocations.entries.push_back(entry);
    }
    if (loaded) relocations_.push_back(std::move(relocations));
    return std::nullopt;
}

} // namespace retromod
