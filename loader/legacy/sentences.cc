// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/legacy/sentences.h"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace retromod {
namespace {

struct Sentence {
    ProblemKind kind;
    std::string_view text; ///< fields: file, value, expected, type, symbol, detail
};

constexpr std::string_view no_header = "cannot read ELF header from {file}";
constexpr std::string_view no_headers = "error reading ELF section headers {file}: Success";
constexpr std::string_view no_data = "error reading ELF section data {file}: Success";
constexpr std::string_view other_machine = "ELF file {file} not for this architecture";

// Source: modutils 2.4 obj_load.c, obj_common.c, obj_reloc.c.
constexpr Sentence sentences[] = {
    {ProblemKind::cannot_open, "{file}: {detail}"},
    {ProblemKind::is_directory, no_header},
    {ProblemKind::cannot_read, no_header},
    {ProblemKind::empty_file, no_header},
    {ProblemKind::bad_gzip, no_header},
    {ProblemKind::bad_packed, no_header},
    {ProblemKind::truncated_header, no_header},
    {ProblemKind::not_elf, "{file} is not an ELF file"},
    {ProblemKind::unknown_architecture, other_machine},
    {ProblemKind::wrong_architecture, other_machine},
    {ProblemKind::no_relocator, other_machine},
    {ProblemKind::not_relocatable, "ELF file {file} not a relocatable object"},
    {ProblemKind::not_executable, "ELF file {file} not an executable object"},
    {ProblemKind::section_header_size, "section header size mismatch {file}: {value} != {expected}"},
    {ProblemKind::section_headers_outside, no_headers},
    {ProblemKind::too_many_sections, no_headers},
    {ProblemKind::section_outside_file, no_data},
    {ProblemKind::sections_overlap, no_data},
    {ProblemKind::unhandled_section_type, "can't handle sections of type {value} {file}"},
    {ProblemKind::unknown_section_type, "Unknown section header type: {value:x}"},
    {ProblemKind::wrong_relocation_form, "{detail} relocations not supported on this architecture {file}"},
    {ProblemKind::symbol_size, "symbol size mismatch {file}: {value} != {expected}"},
    {ProblemKind::relocation_size, "relocation entry size mismatch {file}: {value} != {expected}"},
    {ProblemKind::bad_symbol_index, "{file}: Bad symbol index: {value:08x} >= {expected:08x}"},
    {ProblemKind::multiply_defined, "{symbol} multiply defined"},
    {ProblemKind::local_symbol_index, "local symbol {symbol} with index {value} exceeds local_symtab_size {expected}"},
    {ProblemKind::relocation_overflow, "Relocation overflow of type {type} for {symbol}"},
    {ProblemKind::relocation_dangerous, "Dangerous relocation of type {type} for {symbol}"},
    {ProblemKind::relocation_place_not_zero, "Dangerous relocation of type {type} for {symbol}"},
    {ProblemKind::relocation_unpaired, "Dangerous relocation of type {type} for {symbol}"},
    {ProblemKind::relocation_unhandled, "Unhandled relocation of type {type} for {symbol}"},
};

} // namespace

std::string modutils_sentence(const Problem& problem, std::string_view file)
{
    const auto* row = std::ranges::find(sentences, problem.kind, &Sentence::kind);
    if (row == std::end(sentences)) return describe(problem);
    return fmt::format(fmt::runtime(row->text), fmt::arg("file", file), fmt::arg("value", problem.value),
                       fmt::arg("expected", problem.expected), fmt::arg("type", problem.type),
                       fmt::arg("symbol", problem.symbol), fmt::arg("detail", problem.detail));
}

} // namespace retromod
