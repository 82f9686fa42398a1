// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/modern/module_image.h"

#include <fmt/format.h>

namespace retromod {
namespace {

constexpr std::uint64_t page_bytes = 4096;

/// Where a header's members lie, by word size.
struct HeaderOffsets {
    unsigned section_table, section_size, sections, name_section;
};
constexpr HeaderOffsets wide{40, 58, 60, 62}, narrow{32, 46, 48, 50};

} // namespace

std::uint64_t ModuleImage::load(std::uint64_t offset, unsigned bytes) const
{
    const auto mapped = (bytes_.size() + page_bytes - 1) / page_bytes * page_bytes;
    if (offset > mapped || bytes > mapped - offset)
        throw WouldCrash{fmt::format("{} bytes at {:#x} of the image are read", bytes, offset)};
    std::uint64_t value = 0;
    for (unsigned i = 0; i < bytes && offset + i < bytes_.size(); ++i)
        value |= std::to_integer<std::uint64_t>(bytes_[offset + i]) << (8 * i);
    return value;
}

std::string ModuleImage::string(std::uint64_t offset, std::string_view what) const
{
    const auto mapped = (bytes_.size() + page_bytes - 1) / page_bytes * page_bytes;
    std::string text;
    for (auto at = offset; at >= offset; ++at) {
        if (at >= mapped) throw WouldCrash{fmt::format("{} at {:#x} is outside the image", what, offset)};
        const char c = at < bytes_.size() ? static_cast<char>(bytes_[at]) : '\0';
        if (!c) return text;
        text += c;
    }
    throw WouldCrash{fmt::format("{} at {:#x} is outside the image", what, offset)};
}

bool ModuleImage::has_magic() const { return load(0, 4) == 0x464c457f; }

ModernHeader ModuleImage::header() const
{
    const auto& at = word_ == 8 ? wide : narrow;
    ModernHeader header;
    header.type = static_cast<std::uint16_t>(load(16, 2));
    header.machine = static_cast<std::uint16_t>(load(18, 2));
    header.section_table = word(at.section_table);
    header.section_size = static_cast<std::uint16_t>(load(at.section_size, 2));
    header.sections = static_cast<std::uint16_t>(load(at.sections, 2));
    header.name_section = static_cast<std::uint16_t>(load(at.name_section, 2));
    return header;
}

ModernSection ModuleImage::section(const ModernHeader& header, unsigned index) const
{
    const auto at = header.section_table + index * section_header_bytes();
    const auto w = word_;
    ModernSection section;
    section.name = static_cast<std::uint32_t>(load(at, 4));
    section.type = static_cast<std::uint32_t>(load(at + 4, 4));
    section.flags = word(at + 8);
    section.address = word(at + 8 + w);
    section.offset = word(at + 8 + 2 * w);
    section.size = word(at + 8 + 3 * w);
    section.link = static_cast<std::uint32_t>(load(at + 8 + 4 * w, 4));
    section.info = static_cast<std::uint32_t>(load(at + 12 + 4 * w, 4));
    section.alignment = word(at + 16 + 4 * w);
    return section;
}

ModernSymbol ModuleImage::symbol(const ModernSection& table, std::uint64_t index) const
{
    const auto at = table.offset + index * symbol_bytes();
    ModernSymbol symbol;
    symbol.name = static_cast<std::uint32_t>(load(at, 4));
    if (word_ == 8) {
        symbol.info = static_cast<std::uint8_t>(load(at + 4, 1));
        symbol.other = static_cast<std::uint8_t>(load(at + 5, 1));
        symbol.section = static_cast<std::uint16_t>(load(at + 6, 2));
        symbol.value = load(at + 8, 8);
        symbol.size = load(at + 16, 8);
    } else {
        symbol.value = load(at + 4, 4);
        symbol.size = load(at + 8, 4);
        symbol.info = static_cast<std::uint8_t>(load(at + 12, 1));
        symbol.other = static_cast<std::uint8_t>(load(at + 13, 1));
        symbol.section = static_cast<std::uint16_t>(load(at + 14, 2));
    }
    return symbol;
}

ModernRelocation ModuleImage::relocation(const ModernSection& table, std::uint64_t index, bool with_addend) const
{
    const auto at = table.offset + index * relocation_bytes(with_addend);
    const auto info = word(at + word_);
    ModernRelocation relocation;
    relocation.offset = word(at);
    relocation.symbol = static_cast<std::uint32_t>(word_ == 8 ? info >> 32 : info >> 8);
    relocation.type = static_cast<std::uint32_t>(word_ == 8 ? info & 0xffffffff : info & 0xff);
    if (with_addend) relocation.addend = static_cast<std::int64_t>(word(at + 2 * word_));
    return relocation;
}

} // namespace retromod
