// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/link/symbol_table.h"

namespace retromod {
namespace {

constexpr std::size_t crc_digits = 8;

/// The hash of the System V gABI, chapter 5.
std::uint32_t elf_hash(std::string_view name)
{
    std::uint32_t hash = 0;
    for (const char letter : name) {
        hash = (hash << 4) + static_cast<unsigned char>(letter);
        const auto high = hash & 0xf0000000;
        hash ^= high >> 24;
        hash &= ~high;
    }
    return hash;
}

bool is_data(std::uint8_t type)
{
    return type == elf::stt_notype || type == elf::stt_object;
}

enum class Redefinition { keep_old, take_new, shadow_local, local_only, multiply_defined };

/// What becomes of a symbol whose name is taken, in modutils' order of tests.
Redefinition judge(const LinkSymbol& old, const LinkSymbol& added)
{
    if (added.is_undefined()) return Redefinition::keep_old;
    if (old.is_undefined()) return Redefinition::take_new;
    if (added.binding == elf::stb_global && old.is_local()) return Redefinition::shadow_local;
    if (added.is_local()) return Redefinition::local_only;
    if (added.binding == elf::stb_weak) return Redefinition::keep_old;
    if (old.binding == elf::stb_weak) return Redefinition::take_new;
    if (added.section == elf::shn_common && is_data(old.type)) return Redefinition::keep_old;
    if (old.section == elf::shn_common && is_data(added.type)) return Redefinition::take_new;
    return added.is_imported() ? Redefinition::keep_old : Redefinition::multiply_defined;
}

} // namespace

// modutils does not look at the digits themselves.
std::string_view strip_version(std::string_view name, std::string_view prefix)
{
    const auto tail = 2 + prefix.size() + crc_digits;
    if (name.size() <= tail) return name;
    const auto rest = name.substr(name.size() - tail);
    if (!rest.starts_with("_R") || rest.substr(2, prefix.size()) != prefix) return name;
    return name.substr(0, name.size() - tail);
}

std::string_view SymbolTable::without_version(std::string_view name) const
{
    return version_prefix_ ? strip_version(name, *version_prefix_) : name;
}

std::size_t SymbolTable::chain_of(std::string_view name) const
{
    return elf_hash(without_version(name)) % chain_count;
}

LinkSymbol* SymbolTable::find(std::string_view name)
{
    const auto lookup = [](auto& map, std::string_view key) -> LinkSymbol* {
        const auto found = map.find(key);
        return found == map.end() ? nullptr : found->second;
    };
    auto* exact = lookup(by_name_, name);
    if (!version_prefix_) return exact;
    const auto base = without_version(name);
    auto* similar = base.size() < name.size() ? lookup(by_name_, base) : lookup(by_unversioned_name_, name);
    if (!exact || !similar) return exact ? exact : similar;
    return exact->order > similar->order ? exact : similar;
}

void SymbolTable::index(LinkSymbol* symbol)
{
    by_name_[symbol->name] = symbol;
    const auto base = without_version(symbol->name);
    if (base.size() < symbol->name.size()) by_unversioned_name_[base] = symbol;
}

void SymbolTable::unindex(LinkSymbol* symbol)
{
    by_name_.erase(symbol->name);
    const auto found = by_unversioned_name_.find(without_version(symbol->name));
    if (found != by_unversioned_name_.end() && found->second == symbol) by_unversioned_name_.erase(found);
}

LinkSymbol* SymbolTable::make(const LinkSymbol& symbol)
{
    auto* made = &symbols_.emplace_back(symbol);
    made->relocated_as = 0;
    made->order = symbols_.size();
    return made;
}

void SymbolTable::redefine(LinkSymbol& old, const LinkSymbol& symbol)
{
    unindex(&old);
    old.name = symbol.name;
    old.value = symbol.value;
    old.size = symbol.size;
    old.section = symbol.section;
    old.binding = symbol.binding;
    old.type = symbol.type;
    index(&old);
}

SymbolTable::Added SymbolTable::add(const LinkSymbol& symbol)
{
    auto* old = find(symbol.name);
    if (!old) {
        auto* made = make(symbol);
        auto& chain = chains_[chain_of(made->name)];
        made->position = chain.size();
        chain.push_back(made);
        index(made);
        return {made};
    }
    switch (judge(*old, symbol)) {
    case Redefinition::keep_old: return {old};
    case Redefinition::multiply_defined: return {old, true};
    case Redefinition::local_only: return {make(symbol)};
    case Redefinition::take_new: redefine(*old, symbol); return {old};
    case Redefinition::shadow_local: break;
    }
    auto* made = make(symbol);
    made->position = old->position;
    chains_[chain_of(old->name)][old->position] = made;
    unindex(old);
    index(made);
    return {made};
}

void SymbolTable::ignore_versions(std::string_view prefix)
{
    const auto old_order = in_chain_order();
    version_prefix_ = prefix;
    for (auto& chain : chains_) chain.clear();
    by_name_.clear();
    by_unversioned_name_.clear();
    for (auto* symbol : old_order) {
        auto& chain = chains_[chain_of(symbol->name)];
        symbol->position = chain.size();
        chain.push_back(symbol);
        index(symbol);
    }
}

std::vector<LinkSymbol*> SymbolTable::in_chain_order()
{
    std::vector<LinkSymbol*> order;
    for (const auto& chain : chains_) order.insert(order.end(), chain.rbegin(), chain.rend());
    return order;
}

std::vector<const LinkSymbol*> SymbolTable::in_chain_order() const
{
    std::vector<const LinkSymbol*> order;
    for (const auto& chain : chains_) order.insert(order.end(), chain.rbegin(), chain.rend());
    return order;
}

} // namespace retromod
