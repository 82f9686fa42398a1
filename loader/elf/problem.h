// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace retromod {

/// What can be wrong with a module file.
enum class ProblemKind : std::uint8_t {
    cannot_open,
    is_directory,
    cannot_read,
    empty_file,
    file_too_large,
    bad_gzip,
    bad_packed, ///< xz or zstd data
    truncated_header,
    not_elf,
    unknown_architecture,
    wrong_architecture,
    not_relocatable,
    not_executable,
    section_header_size,
    section_headers_outside,
    too_many_sections,
    section_outside_file,
    sections_overlap,
    names_section_missing,
    name_outside_table,
    name_unterminated,
    names_too_long,
    bad_link,
    unhandled_section_type,
    unknown_section_type,      ///< a processor-specific one
    wrong_relocation_form,
    symbol_size,
    relocation_size,
    bad_symbol_index,
    bad_section_index,
    multiply_defined,
    local_symbol_index,
    relocation_outside,
    relocation_overflow,
    relocation_dangerous,
    relocation_unhandled,
    relocation_unpaired,
    relocation_place_not_zero,
    no_relocator,
    image_too_large,
};

/// One fault of a module file: a value, turned into a sentence by whoever reports it.
struct Problem {
    ProblemKind kind;
    std::string where;          ///< the section, the file, or what else the offset counts from
    std::uint64_t offset = 0;   ///< bytes into `where`
    std::uint64_t value = 0;    ///< what was found there
    std::uint64_t expected = 0; ///< what it was held against: a limit, or the right value
    std::uint32_t type = 0;     ///< of the relocation concerned
    std::string symbol{};       ///< the symbol concerned, if any
    std::string detail{};       ///< a relocation's name, a host error
};

/// Our own sentence for a fault: "R_MIPS_26 in .text+0x1c: 'bar' is out of range".
std::string describe(const Problem& problem);

/// The same behind the file's name: "foo.o: R_MIPS_26 in ...".
std::string explain(const Problem& problem, std::string_view file);

/// A value, or the problem that took its place.
template <class T> class [[nodiscard]] ProblemOr {
public:
    ProblemOr(T value) : content_(std::in_place_index<0>, std::move(value)) {}
    ProblemOr(Problem problem) : content_(std::in_place_index<1>, std::move(problem)) {}

    explicit operator bool() const { return content_.index() == 0; }
    const Problem& problem() const { return std::get<1>(content_); }
    T& operator*() { return std::get<0>(content_); }
    const T& operator*() const { return std::get<0>(content_); }
    T* operator->() { return &std::get<0>(content_); }
    const T* operator->() const { return &std::get<0>(content_); }

private:
    std::variant<T, Problem> content_;
};

} // namespace retromod
