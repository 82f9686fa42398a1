// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/scenario/editable_image.h"

#include "emu/abi/byte_order.h"
#include "emu/abi/guest_addr.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace retromod {
namespace {

// Members of Elf64_Ehdr and Elf64_Sym that are needed here, and the type of section that holds symbols.
constexpr std::size_t e_shoff = 40, e_shnum = 60, e_shstrndx = 62;
constexpr std::uint64_t sht_symtab = 2;

[[noreturn]] void fail(const std::string& why) { throw ScenarioError(why); }

} // namespace

const RecordField& find_field(std::span<const RecordField> fields, std::string_view name)
{
    const auto found = std::ranges::find(fields, name, &RecordField::name);
    if (found == fields.end()) fail(fmt::format("there is no field '{}'", name));
    return *found;
}

std::uint64_t EditableImage::load(std::size_t at, unsigned bytes) const
{
    if (at > size() || bytes > size() - at) fail(fmt::format("{:#x} is outside the image", at));
    return load_unsigned(bytes_.data() + at, bytes, ByteOrder::little);
}

void EditableImage::store(std::size_t at, unsigned bytes, std::uint64_t value)
{
    if (at > size() || bytes > size() - at) fail(fmt::format("{:#x} is outside the image", at));
    store_unsigned(bytes_.data() + at, bytes, ByteOrder::little, value);
}

void EditableImage::patch(std::size_t at, std::span<const std::byte> bytes)
{
    if (at > size() || bytes.size() > size() - at) fail(fmt::format("{:#x} is outside the image", at));
    std::ranges::copy(bytes, bytes_.begin() + static_cast<std::ptrdiff_t>(at));
}

std::string EditableImage::text_at(std::size_t at) const
{
    std::string text;
    for (; at < size() && bytes_[at] != std::byte{0}; ++at) text += static_cast<char>(bytes_[at]);
    return text;
}

void EditableImage::align() { bytes_.resize(round_up(size(), 8)); }

std::uint64_t EditableImage::section_count() const { return load(e_shnum, 2); }
std::uint64_t EditableImage::section_names() const { return load(e_shstrndx, 2); }
std::size_t EditableImage::section_header(std::uint64_t index) const { return load(e_shoff, 8) + index * section_header_bytes; }

std::uint64_t EditableImage::section_value(std::uint64_t index, std::string_view name) const
{
    const auto& field = find_field(section_fields, name);
    return load(section_header(index) + field.offset, field.bytes);
}

void EditableImage::set_section(std::uint64_t index, std::string_view name, std::uint64_t number)
{
    const auto& field = find_field(section_fields, name);
    store(section_header(index) + field.offset, field.bytes, number);
}

std::uint64_t EditableImage::section_index(std::string_view name) const
{
    const auto names = section_value(section_names(), "sh_offset");
    for (std::uint64_t index = 0; index < section_count(); ++index)
        if (text_at(names + section_value(index, "sh_name")) == name) return index;
    fail(fmt::format("the image has no section {}", name));
}

EditableImage::Bytes EditableImage::section_content(std::uint64_t index) const
{
    const auto at = section_value(index, "sh_offset"), count = section_value(index, "sh_size");
    if (at > size() || count > size() - at) fail(fmt::format("section {} is outside the image", index));
    return {bytes_.begin() + static_cast<std::ptrdiff_t>(at), bytes_.begin() + static_cast<std::ptrdiff_t>(at + count)};
}

void EditableImage::replace_content(std::uint64_t index, std::span<const std::byte> content)
{
    align();
    set_section(index, "sh_offset", size());
    set_section(index, "sh_size", content.size());
    append(content);
}

void EditableImage::add_section(const std::string& name, std::span<const std::byte> content,
                                std::span<const std::pair<std::string_view, std::uint64_t>> row)
{
    const auto name_at = add_string(section_names(), name);
    align();
    const auto content_at = size();
    append(content);
    align();
    const auto count = section_count();
    const auto table = load(e_shoff, 8);
    if (table > size() || count * section_header_bytes > size() - table) fail("the section headers are outside the image");
    const Bytes headers(bytes_.begin() + static_cast<std::ptrdiff_t>(table),
                        bytes_.begin() + static_cast<std::ptrdiff_t>(table + count * section_header_bytes));
    store(e_shoff, 8, size());
    append(headers);
    resize(size() + section_header_bytes);
    store(e_shnum, 2, count + 1);
    set_section(count, "sh_name", name_at);
    set_section(count, "sh_offset", content_at);
    for (const auto& [field, value] : row) set_section(count, field, value);
}

std::uint64_t EditableImage::add_string(std::uint64_t table, std::string_view text)
{
    auto content = section_content(table);
    const auto at = content.size();
    std::ranges::copy(std::as_bytes(std::span(text)), std::back_inserter(content));
    content.push_back(std::byte{0});
    replace_content(table, content);
    return at;
}

std::uint64_t EditableImage::symbol_table() const
{
    for (std::uint64_t index = 0; index < section_count(); ++index)
        if (section_value(index, "sh_type") == sht_symtab) return index;
    return section_index(".symtab");
}

std::uint64_t EditableImage::symbol_number(std::string_view name) const
{
    const auto table = symbol_table();
    const auto start = section_value(table, "sh_offset");
    const auto names = section_value(section_value(table, "sh_link"), "sh_offset");
    for (std::uint64_t i = 0; i < section_value(table, "sh_size") / symbol_bytes; ++i)
        if (text_at(names + load(start + i * symbol_bytes, 4)) == name) return i;
    fail(fmt::format("the image has no symbol {}", name));
}

std::vector<std::string> EditableImage::modinfo() const
{
    std::vector<std::string> entries;
    std::string text;
    for (const auto byte : section_content(section_index(".modinfo"))) {
        if (byte != std::byte{0}) text += static_cast<char>(byte);
        else if (!text.empty()) entries.push_back(std::exchange(text, {}));
    }
    if (!text.empty()) entries.push_back(text);
    return entries;
}

void EditableImage::set_modinfo(std::span<const std::string> entries)
{
    Bytes content;
    for (const auto& entry : entries) {
        std::ranges::copy(std::as_bytes(std::span(entry)), std::back_inserter(content));
        content.push_back(std::byte{0});
    }
    replace_content(section_index(".modinfo"), content);
}

std::size_t EditableImage::version_of(std::string_view symbol) const
{
    const auto index = section_index("__versions");
    const auto start = section_value(index, "sh_offset");
    for (std::uint64_t at = start; at + version_bytes <= start + section_value(index, "sh_size"); at += version_bytes)
        if (text_at(at + 8) == symbol) return at;
    fail(fmt::format("__versions has no {}", symbol));
}

} // namespace retromod
