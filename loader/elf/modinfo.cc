// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/elf/modinfo.h"

#include <algorithm>

namespace retromod {
namespace {

std::span<const std::byte> modinfo_of(const ElfFile& file)
{
    const auto* section = file.find_section(".modinfo");
    return section ? section->contents : std::span<const std::byte>{};
}

ModinfoEntry split(std::string_view text)
{
    const auto equals = text.find('=');
    if (equals == text.npos) return {.key = text, .value = {}, .has_value = false};
    return {.key = text.substr(0, equals), .value = text.substr(equals + 1), .has_value = true};
}

} // namespace

Modinfo::Modinfo(std::span<const std::byte> section)
{
    std::string_view rest(reinterpret_cast<const char*>(section.data()), section.size());
    while (!rest.empty()) {
        const auto text = rest.substr(0, rest.find('\0'));
        if (!text.empty()) entries_.push_back(split(text));
        rest.remove_prefix(std::min(text.size() + 1, rest.size()));
    }
}

Modinfo::Modinfo(const ElfFile& file) : Modinfo(modinfo_of(file)) {}

std::optional<std::string_view> Modinfo::find(std::string_view key) const
{
    const auto entry = std::ranges::find(entries_, key, &ModinfoEntry::key);
    if (entry == entries_.end()) return std::nullopt;
    return entry->value;
}

} // namespace retromod
