// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/scenario/arch_numbers.h"

#include "loader/scenario/scenario_text.h"

#include <algorithm>

namespace retromod {
namespace {

constexpr std::uint64_t i386_word = 4;
constexpr std::uint64_t nearest = 2; ///< a byte so far from a word's boundary belongs to it

// Where the measured scenarios have their callbacks, and how much longer code gets there.
constexpr std::uint64_t callbacks_start = 384, callbacks_end = 432;
constexpr std::uint64_t callback_growth = 8;
/// Sizes from here on are pages and more: no structure is in them.
constexpr std::uint64_t large_size = 16384;

constexpr std::uint64_t i386_kernel = 0xc0000000, i386_kernel_end = 0xc0800000, i386_text = 0xc0100000;
constexpr std::uint64_t i386_last_page = 0xfffff000;

} // namespace

Field scenario_header_field(const ModuleLayout& layout, std::string_view name)
{
    for (std::size_t i = 0; i < static_cast<std::size_t>(ModuleField::count_); ++i) {
        const auto field = static_cast<ModuleField>(i);
        if (module_field_name(field) == name && layout.has(field)) return layout.field(field);
    }
    const auto words = *scenario_field_offset(name) / i386_word;
    std::uint64_t behind = 0; // how many members the release's own header has
    while (!scenario_field_name(behind).empty() && scenario_header_member(scenario_field_name(behind), layout)) ++behind;
    const auto word = layout.word();
    return {static_cast<std::uint32_t>(layout.header_bytes() + (words - behind) * word), static_cast<std::uint32_t>(word)};
}

bool scenario_header_member(std::string_view name, const ModuleLayout& layout)
{
    for (std::size_t i = 0; i < static_cast<std::size_t>(ModuleField::count_); ++i)
        if (module_field_name(static_cast<ModuleField>(i)) == name) return layout.has(static_cast<ModuleField>(i));
    return false;
}

ArchNumbers::ArchNumbers(const Release& release, const Arch& arch)
    : arch_(arch), i386_layout_(LayoutSet(i386(), release.layouts, false, Compiler::gcc_3)),
      layout_(LayoutSet(arch, release.layouts, false, Compiler::gcc_3))
{
}

std::uint64_t ArchNumbers::words(std::uint64_t i386) const
{
    const auto whole = (i386 + nearest) / i386_word * i386_word;
    return whole / i386_word * arch_.word_bytes + (i386 - whole);
}

std::uint64_t ArchNumbers::offset(std::uint64_t i386) const
{
    if (i386 >= large_size) return i386;
    const auto whole = (i386 + nearest) / i386_word * i386_word;
    const auto header = i386_header_bytes();
    if (whole < header)
        return scenario_header_field(layout_, scenario_field_name(whole / i386_word)).offset + (i386 - whole);
    const auto callbacks = std::clamp(whole, callbacks_start, callbacks_end) - callbacks_start;
    const auto plain = whole - header - callbacks;
    return layout_.header_bytes() + words(plain) + callbacks * callback_growth + (i386 - whole);
}

std::uint64_t ArchNumbers::size(std::uint64_t i386) const
{
    const auto named = named_sizes_.find(i386);
    return named == named_sizes_.end() ? offset(i386) : named->second;
}

void ArchNumbers::note_size(std::int64_t behind)
{
    const auto bytes = static_cast<std::uint64_t>(behind);
    named_sizes_.insert_or_assign(i386_header_bytes() + bytes, layout_.header_bytes() + bytes);
}

std::uint64_t ArchNumbers::word(std::uint64_t i386) const
{
    const auto number = static_cast<std::uint32_t>(i386);
    if (number >= i386_last_page)
        return arch_.word(static_cast<std::uint64_t>(static_cast<std::int64_t>(static_cast<std::int32_t>(number))));
    if (number >= i386_kernel && number < i386_kernel_end) return arch_.word(arch_.kernel_text.value + number - i386_text);
    return number;
}

std::uint64_t ArchNumbers::table_with_text(std::uint64_t i386, std::uint64_t count) const
{
    const auto table = 2 * i386_word * count;
    return i386 <= table ? words(i386) : words(table) + (i386 - table);
}

} // namespace retromod
