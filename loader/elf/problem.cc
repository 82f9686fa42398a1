// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/elf/problem.h"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace retromod {
namespace {

struct Sentence {
    ProblemKind kind;
    std::string_view text; ///< fields: where, offset, value, expected, type, symbol, detail
};

constexpr Sentence sentences[] = {
    {ProblemKind::cannot_open, "{detail}"},
    {ProblemKind::is_directory, "is a directory, not a module"},
    {ProblemKind::cannot_read, "cannot be read: {detail}"},
    {ProblemKind::empty_file, "is empty"},
    {ProblemKind::file_too_large, "is larger than {expected} bytes"},
    {ProblemKind::bad_gzip, "damaged gzip data: {detail}"},
    {ProblemKind::bad_packed, "damaged {where} data: {detail}"},
    {ProblemKind::truncated_header, "the ELF header needs {expected} bytes, the file has {value}"},
    {ProblemKind::not_elf, "is not an ELF file (it begins with {value:#010x})"},
    {ProblemKind::unknown_architecture, "is for a machine that we do not know: {detail}"},
    {ProblemKind::wrong_architecture, "is for {detail}, this machine is {where}"},
    {ProblemKind::not_relocatable, "is no relocatable object: e_type is {value}, not {expected}"},
    {ProblemKind::not_executable, "is no executable: e_type is {value}, not {expected}"},
    {ProblemKind::section_header_size, "e_shentsize is {value}, not {expected}"},
    {ProblemKind::section_headers_outside, "section headers end at {value:#x}, the file at {expected:#x}"},
    {ProblemKind::too_many_sections, "has {value} sections, more than {expected}"},
    {ProblemKind::section_outside_file, "{where} ends at {value:#x}, the file at {expected:#x}"},
    {ProblemKind::sections_overlap, "sections overlap: together they have {value} bytes, the file has {expected}"},
    {ProblemKind::names_section_missing, "e_shstrndx is {value}, but there are {expected} sections"},
    {ProblemKind::name_outside_table,
     "{where}: a name at {value:#x} lies outside its string table of {expected:#x} bytes"},
    {ProblemKind::name_unterminated, "{where}: the name at {value:#x} has no end"},
    {ProblemKind::names_too_long, "{where}: names of {value} bytes in all are more than the limit of {expected}"},
    {ProblemKind::bad_link, "{where}: it refers to section {value}, which does not exist or is of another type"},
    {ProblemKind::unhandled_section_type, "{where}: sections of type {value:#x} are not handled"},
    {ProblemKind::unknown_section_type, "{where}: sections of the processor's type {value:#x} are not known"},
    {ProblemKind::wrong_relocation_form, "{where}: {detail} relocations do not exist on this architecture"},
    {ProblemKind::symbol_size, "{where}: symbols are {value} bytes each, not {expected}"},
    {ProblemKind::relocation_size, "{where}: relocations are {value} bytes each, not {expected}"},
    {ProblemKind::bad_symbol_index, "{where}+{offset:#x}: symbol index {value} of {expected}"},
    {ProblemKind::bad_section_index, "symbol '{symbol}' is in section {value} of {expected}"},
    {ProblemKind::multiply_defined, "'{symbol}' is multiply defined"},
    {ProblemKind::local_symbol_index,
     "local symbol '{symbol}' has index {value}, behind the first global one ({expected})"},
    {ProblemKind::relocation_outside, "{detail} in {where}+{offset:#x}: the section ends at {expected:#x}"},
    {ProblemKind::relocation_overflow, "{detail} in {where}+{offset:#x}: '{symbol}' is out of range"},
    {ProblemKind::relocation_dangerous,
     "{detail} in {where}+{offset:#x}: '{symbol}' at {value:#x} does not fit the field"},
    {ProblemKind::relocation_unhandled, "{where}+{offset:#x}: relocation type {type} for '{symbol}' is not handled"},
    {ProblemKind::relocation_place_not_zero, "{detail} in {where}+{offset:#x}: the field for '{symbol}' is not zero before it"},
    {ProblemKind::relocation_unpaired, "{detail} in {where}+{offset:#x}: '{symbol}' has no matching low half"},
    {ProblemKind::no_relocator, "modules for {detail} cannot be linked"},
    {ProblemKind::image_too_large, "needs {value} bytes of memory, more than {expected}"},
};

} // namespace

std::string describe(const Problem& problem)
{
    const auto* row = std::ranges::find(sentences, problem.kind, &Sentence::kind);
    return fmt::format(fmt::runtime(row->text), fmt::arg("where", problem.where), fmt::arg("offset", problem.offset),
                       fmt::arg("value", problem.value), fmt::arg("expected", problem.expected),
                       fmt::arg("type", problem.type), fmt::arg("symbol", problem.symbol),
                       fmt::arg("detail", problem.detail));
}

std::string explain(const Problem& problem, std::string_view file)
{
    return fmt::format("{}: {}", file, describe(problem));
}

} // namespace retromod
