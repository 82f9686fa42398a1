// SPDX-License-Identifier: GPL-2.0-or-later
// Rows of what several architectures, but not all, export.
#pragma once

#include "emu/abi/arch_names.h"
#include "emu/exports/family.h"
#include "emu/kernel/export_choice.h"

#include <array>

namespace retromod {

/// Rows that a row stands for: one for each architecture that it names, one where it names none.
constexpr std::size_t rows_of(const Export& row) { return row.arch.empty() ? 1 : count_arches(row.arch); }

/// Takes rows whose `arch` names several architectures apart: a row for each.
template <std::size_t count, std::size_t given>
constexpr std::array<Export, count> for_each_arch(const Export (&rows)[given])
{
    std::array<Export, count> result{};
    std::size_t at = 0;
    for (const auto& row : rows)
        for (std::size_t number = 0; number < rows_of(row); ++number) {
            result[at] = row;
            result[at++].arch = nth_arch(row.arch, number);
        }
    return result;
}

/// The rows that for_each_arch makes of these.
template <std::size_t given>
constexpr std::size_t count_rows(const Export (&rows)[given])
{
    std::size_t count = 0;
    for (const auto& row : rows) count += rows_of(row);
    return count;
}

/// Sizes of variables that only some architectures have.
template <std::uint64_t bytes, const std::string_view& arches>
std::uint64_t bytes_on(Kernel& kernel) { return names_arch(arches, kernel.arch().name) ? bytes : no_variable; }
template <const std::string_view& arches>
std::uint64_t word_on(Kernel& kernel)
{
    return names_arch(arches, kernel.arch().name) ? kernel.arch().word_bytes : no_variable;
}

} // namespace retromod
