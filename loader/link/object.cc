// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/link/object.h"
#include "loader/link/relocation.h"

#include <algorithm>

namespace retromod {

std::span<std::byte> LinkSection::writable()
{
    if (!changed_) {
        own_.assign(file_.begin(), file_.end());
        changed_ = true;
    }
    own_.resize(size);
    return own_;
}

std::optional<std::uint32_t> Object::find_section(std::string_view name) const
{
    const auto found = section_by_name_.find(std::string(name));
    if (found == section_by_name_.end()) return std::nullopt;
    return found->second;
}

void Object::rename_section(std::uint32_t index, std::string name)
{
    section_by_name_.erase(sections_[index].name);
    sections_[index].name = std::move(name);
    section_by_name_.try_emplace(sections_[index].name, index);
}

LinkSymbol* Object::symbol_of(const RelocationTable& table, const ElfFile::Relocation& entry) const
{
    const auto& symbols = symbols_by_index_.at(table.symbols);
    return entry.symbol < symbols.size() ? symbols[entry.symbol] : nullptr;
}

std::uint32_t Object::append_section(LinkSection section)
{
    const auto index = static_cast<std::uint32_t>(sections_.size());
    section_by_name_.try_emplace(section.name, index);
    sections_.push_back(std::move(section));
    return index;
}

void Object::insert_in_load_order(std::uint32_t index)
{
    const auto* relocation = relocation_arch(*arch_);
    const auto flag = relocation ? relocation->small_data_flag : 0;
    const auto priority = load_priority(sections_[index], flag);
    if (!settled_order_) {
        by_priority_[priority].push_back(index);
        return;
    }
    const auto lower = std::ranges::find_if(
        *settled_order_, [&](std::uint32_t other) { return load_priority(sections_[other], flag) < priority; });
    settled_order_->insert(lower, index);
}

std::uint32_t Object::create_section(std::string name, std::uint64_t alignment, std::uint64_t size, std::uint64_t flags)
{
    LinkSection section;
    section.name = std::move(name);
    section.type = elf::sht_progbits;
    section.flags = flags | elf::shf_alloc;
    section.alignment = alignment;
    section.size = size;
    const auto index = append_section(std::move(section));
    section_by_name_[sections_[index].name] = index;
    insert_in_load_order(index);
    return index;
}

std::uint32_t Object::create_first_section(std::string name, std::uint64_t alignment, std::uint64_t size)
{
    LinkSection section;
    section.name = std::move(name);
    section.type = elf::sht_progbits;
    section.flags = elf::shf_alloc | elf::shf_write;
    section.alignment = alignment;
    section.size = size;
    const auto index = append_section(std::move(section));
    section_by_name_[sections_[index].name] = index;
    first_sections_.push_back(index);
    return index;
}

std::uint64_t Object::extend_section(std::uint32_t index, std::uint64_t bytes)
{
    auto& section = sections_[index];
    const auto offset = section.size;
    const bool filled = section.is_filled();
    section.size += bytes;
    if (filled) section.writable();
    return offset;
}

void Object::set_contents(std::uint32_t index, std::vector<std::byte> contents)
{
    auto& section = sections_[index];
    section.size = contents.size();
    section.own_ = std::move(contents);
    section.changed_ = true;
}

std::span<std::byte> Object::place(std::uint32_t section, std::uint64_t offset, std::uint64_t size)
{
    if (section >= sections_.size()) return {};
    const auto available = sections_[section].size;
    if (offset > available || size > available - offset || available > largest_section_bytes) return {};
    return sections_[section].writable().subspan(offset, size);
}

void Object::patch_string(std::uint32_t section, std::uint64_t offset, std::string_view text)
{
    auto found = find_section(".kstrtab");
    if (found && !sections_[*found].is_filled()) {
        rename_section(*found, "xkstrtab");
        found.reset();
    }
    const auto strings = found ? *found : create_section(".kstrtab", 1, 0, 0);
    const auto at = extend_section(strings, text.size() + 1);
    const auto bytes = std::as_bytes(std::span(text));
    std::ranges::copy(bytes, sections_[strings].writable().begin() + static_cast<std::ptrdiff_t>(at));
    patches_.push_back({.section = section, .offset = offset, .string = at});
}

void Object::patch_symbol(std::uint32_t section, std::uint64_t offset, const LinkSymbol& symbol)
{
    patches_.push_back({.section = section, .offset = offset, .symbol = &symbol});
}

} // namespace retromod
