// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/elf/elf_file.h"

#include "loader/elf/constants.h"

#include <algorithm>
#include <fmt/format.h>

namespace retromod {
namespace {

// Indices from SHN_LORESERVE on are no sections; the room below it is for sections that a linker adds.
constexpr std::uint16_t largest_section_count = 0xfe00;

// Sections of a relocatable object do not overlap. Some tools let string tables share bytes; anything beyond this
// factor of the file's size would make a small file cost without bound.
constexpr std::uint64_t overlap_factor = 4;

bool has_contents(const ElfFile::Section& section)
{
    return section.type != elf::sht_null && section.type != elf::sht_nobits && section.size != 0;
}

Problem section_headers_problem(const ElfHeader& header, std::uint64_t file_bytes)
{
    return {.kind = ProblemKind::section_headers_outside,
            .where = "section headers",
            .offset = header.section_headers,
            .value = header.section_headers + std::uint64_t{header.section_count} * header.section_header_bytes,
            .expected = file_bytes};
}

} // namespace

ProblemOr<std::string_view> string_at(std::span<const std::byte> table, std::uint64_t offset, std::string_view where)
{
    if (offset >= table.size())
        return Problem{.kind = ProblemKind::name_outside_table,
                       .where = std::string(where),
                       .offset = offset,
                       .value = offset,
                       .expected = table.size()};
    const std::string_view rest(reinterpret_cast<const char*>(table.data()) + offset, table.size() - offset);
    const auto end = rest.find('\0');
    if (end == rest.npos)
        return Problem{
            .kind = ProblemKind::name_unterminated, .where = std::string(where), .offset = offset, .value = offset};
    return rest.substr(0, end);
}

ElfFile::Section ElfFile::read_section(std::uint32_t index) const
{
    const auto* at = file_.data() + header_.section_headers + std::size_t{index} * header_.section_header_bytes;
    const auto next = [&](unsigned size) {
        const auto value = load_unsigned(at, size, header_.order);
        at += size;
        return value;
    };
    const auto word = header_.word_bytes;
    Section section;
    section.index = index;
    next(4); // sh_name: read when the table of names is known
    section.type = static_cast<std::uint32_t>(next(4));
    section.flags = next(word);
    section.address = next(word);
    section.file_offset = next(word);
    section.size = next(word);
    section.link = static_cast<std::uint32_t>(next(4));
    section.info = static_cast<std::uint32_t>(next(4));
    section.alignment = next(word);
    section.entry_bytes = next(word);
    return section;
}

ProblemOr<ElfFile> ElfFile::open(std::span<const std::byte> file, std::uint16_t type)
{
    const auto header = read_elf_header(file);
    if (!header) return header.problem();
    ElfFile elf;
    elf.header_ = *header;
    elf.file_ = file;
    const auto& h = elf.header_;
    if (h.type != type)
        return Problem{.kind = type == elf::et_rel ? ProblemKind::not_relocatable : ProblemKind::not_executable,
                       .where = "e_type",
                       .value = h.type,
                       .expected = type};
    if (h.section_header_bytes != h.right_section_header_bytes())
        return Problem{.kind = ProblemKind::section_header_size,
                       .where = "e_shentsize",
                       .value = h.section_header_bytes,
                       .expected = h.right_section_header_bytes()};
    if (h.section_count > largest_section_count)
        return Problem{.kind = ProblemKind::too_many_sections,
                       .where = "e_shnum",
                       .value = h.section_count,
                       .expected = largest_section_count};
    const auto table_bytes = std::uint64_t{h.section_count} * h.section_header_bytes;
    if (h.section_headers > file.size() || table_bytes > file.size() - h.section_headers)
        return section_headers_problem(h, file.size());

    std::uint64_t total = 0;
    for (std::uint32_t index = 0; index < h.section_count; ++index) {
        auto section = elf.read_section(index);
        if (has_contents(section)) {
            if (section.file_offset > file.size() || section.size > file.size() - section.file_offset)
                return Problem{.kind = ProblemKind::section_outside_file,
                               .where = fmt::format("section {}", index),
                               .offset = section.file_offset,
                               .value = section.file_offset + section.size,
                               .expected = file.size()};
            section.contents = file.subspan(section.file_offset, section.size);
            total += section.size;
        }
        elf.sections_.push_back(section);
    }
    if (total > file.size() * overlap_factor)
        return Problem{
            .kind = ProblemKind::sections_overlap, .where = "sections", .value = total, .expected = file.size()};

    if (h.names_section >= elf.sections_.size())
        return Problem{.kind = ProblemKind::names_section_missing,
                       .where = "e_shstrndx",
                       .value = h.names_section,
                       .expected = elf.sections_.size()};
    const auto names = elf.sections_[h.names_section].contents;
    for (auto& section : elf.sections_) {
        const auto* at = file.data() + h.section_headers + std::size_t{section.index} * h.section_header_bytes;
        const auto offset = load<std::uint32_t>(at, h.order);
        if (section.type == elf::sht_null && offset == 0) continue;
        const auto name = string_at(names, offset, fmt::format("section {}", section.index));
        if (!name) return name.problem();
        section.name = *name;
    }
    return elf;
}

const ElfFile::Section* ElfFile::find_section(std::string_view name) const
{
    const auto section = std::ranges::find(sections_, name, &Section::name);
    return section == sections_.end() ? nullptr : &*section;
}

ProblemOr<ElfFile::Symbol> ElfFile::read_symbol(const Section& table, const Section& names, std::uint32_t index) const
{
    const auto* at = table.contents.data() + std::size_t{index} * table.entry_bytes;
    const auto order = header_.order;
    const bool wide = header_.word_bytes == 8;
    Symbol symbol;
    symbol.index = index;
    const auto name = load<std::uint32_t>(at, order);
    const auto info = std::to_integer<std::uint8_t>(at[wide ? 4 : 12]);
    symbol.binding = info >> 4;
    symbol.type = info & 15;
    symbol.section = load<std::uint16_t>(at + (wide ? 6 : 14), order);
    symbol.value = load_unsigned(at + (wide ? 8 : 4), header_.word_bytes, order);
    symbol.size = load_unsigned(at + (wide ? 16 : 8), header_.word_bytes, order);
    if (symbol.section < elf::shn_loreserve && symbol.section >= sections_.size())
        return Problem{.kind = ProblemKind::bad_section_index,
                       .where = std::string(table.name),
                       .offset = std::uint64_t{index} * table.entry_bytes,
                       .value = symbol.section,
                       .expected = sections_.size(),
                       .symbol = fmt::format("#{}", index)};
    if (name == 0) {
        if (symbol.section < elf::shn_loreserve) symbol.name = sections_[symbol.section].name;
        return symbol;
    }
    const auto text = string_at(names.contents, name, table.name);
    if (!text) return text.problem();
    symbol.name = *text;
    return symbol;
}

ProblemOr<std::vector<ElfFile::Symbol>> ElfFile::symbols(const Section& table) const
{
    if (table.entry_bytes != header_.right_symbol_bytes())
        return Problem{.kind = ProblemKind::symbol_size,
                       .where = std::string(table.name),
                       .value = table.entry_bytes,
                       .expected = header_.right_symbol_bytes()};
    if (table.link >= sections_.size() || sections_[table.link].type != elf::sht_strtab)
        return Problem{.kind = ProblemKind::bad_link,
                       .where = std::string(table.name),
                       .value = table.link,
                       .expected = sections_.size()};
    const auto count = static_cast<std::uint32_t>(table.contents.size() / table.entry_bytes);
    std::vector<Symbol> symbols;
    symbols.reserve(count);
    for (std::uint32_t index = 0; index < count; ++index) {
        auto symbol = read_symbol(table, sections_[table.link], index);
        if (!symbol) return symbol.problem();
        symbols.push_back(*symbol);
    }
    return symbols;
}

ProblemOr<std::vector<ElfFile::Relocation>> ElfFile::relocations(const Section& table) const
{
    const auto form = table.type == elf::sht_rela ? RelocationForm::rela : RelocationForm::rel;
    const auto right = header_.right_relocation_bytes(form);
    if (table.entry_bytes != right)
        return Problem{.kind = ProblemKind::relocation_size,
                       .where = std::string(table.name),
                       .value = table.entry_bytes,
                       .expected = right};
    const auto word = header_.word_bytes;
    const unsigned type_bits = word == 8 ? 32 : 8;
    const auto count = table.contents.size() / right;
    std::vector<Relocation> relocations;
    relocations.reserve(count);
    for (std::size_t index = 0; index < count; ++index) {
        const auto* at = table.contents.data() + index * right;
        const auto info = load_unsigned(at + word, word, header_.order);
        Relocation relocation;
        relocation.offset = load_unsigned(at, word, header_.order);
        relocation.type = static_cast<std::uint32_t>(info & ((std::uint64_t{1} << type_bits) - 1));
        relocation.symbol = static_cast<std::uint32_t>(info >> type_bits);
        if (form == RelocationForm::rela) {
            const auto addend = load_unsigned(at + 2 * word, word, header_.order);
            relocation.addend = word == 8 ? static_cast<std::int64_t>(addend) : static_cast<std::int32_t>(addend);
        }
        relocations.push_back(relocation);
    }
    return relocations;
}

} // namespace retromod
