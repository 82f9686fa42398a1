// SPDX-License-Identifier: GPL-2.0-or-later
// Where sections lie: insmod's priorities, common symbols, addresses.
#include "loader/link/object.h"

#include <algorithm>

namespace retromod {
namespace {

/// `.text.init` and `.data.init`, by length and ending as modutils tells them.
bool is_init_section(std::string_view name)
{
    return name.size() == 10 && name.starts_with('.') && name.ends_with(".init");
}

/// `offset` raised to a multiple of `alignment`, as modutils does it: exact for powers of two, harmless for others.
std::uint64_t aligned(std::uint64_t offset, std::uint64_t alignment)
{
    if (alignment == 0 || (offset & (alignment - 1)) == 0) return offset;
    return (offset | (alignment - 1)) + 1;
}

} // namespace

unsigned load_priority(const LinkSection& section, std::uint64_t small_data_flag)
{
    unsigned priority = 0;
    if (!is_init_section(section.name)) priority |= 64;
    if (section.flags & elf::shf_alloc) priority |= 32;
    if (section.flags & elf::shf_execinstr) priority |= 16;
    if (!(section.flags & elf::shf_write)) priority |= 8;
    if (!section.is_nobits()) priority |= 4;
    if (section.name == ".got") priority |= 2;
    return section.flags & small_data_flag ? (priority & ~4u) | 1 : priority;
}

std::vector<std::uint32_t> Object::load_order() const
{
    std::vector<std::uint32_t> order(first_sections_.rbegin(), first_sections_.rend());
    if (settled_order_) {
        order.insert(order.end(), settled_order_->begin(), settled_order_->end());
        return order;
    }
    for (auto group = by_priority_.rbegin(); group != by_priority_.rend(); ++group)
        order.insert(order.end(), group->begin(), group->end());
    return order;
}

std::uint32_t Object::common_section()
{
    const auto nobits = std::ranges::find_if(sections_, &LinkSection::is_nobits);
    if (nobits != sections_.end()) return static_cast<std::uint32_t>(nobits - sections_.begin());
    // Differs from modutils 2.4, which forgets to load a .bss that it makes: its common symbols lie over struct module.
    LinkSection section;
    section.name = ".bss";
    section.type = elf::sht_nobits;
    section.flags = elf::shf_alloc | elf::shf_write;
    const auto index = append_section(std::move(section));
    insert_in_load_order(index);
    return index;
}

void Object::allocate_commons()
{
    std::vector<LinkSymbol*> commons;
    for (auto* symbol : symbols_.in_chain_order())
        if (symbol->section == elf::shn_common) commons.push_back(symbol);
    if (!commons.empty()) {
        // Ascending by size; of equal ones the last found comes first.
        std::ranges::reverse(commons);
        std::ranges::stable_sort(commons, {}, &LinkSymbol::size);
        const auto index = common_section();
        auto& bss = sections_[index];
        for (auto* symbol : commons) {
            const auto alignment = symbol->value;
            bss.alignment = std::max(bss.alignment, alignment);
            symbol->section = index;
            symbol->value = aligned(bss.size, alignment);
            bss.size = symbol->value + symbol->size;
        }
    }
    settle_load_order();
    for (auto& section : sections_)
        if (section.is_nobits()) section.type = elf::sht_progbits;
}

/// Sections keep their places when their priorities change, and later ones are put before the first of a lower priority.
void Object::settle_load_order()
{
    if (settled_order_) return;
    std::vector<std::uint32_t> order;
    for (auto group = by_priority_.rbegin(); group != by_priority_.rend(); ++group)
        order.insert(order.end(), group->begin(), group->end());
    settled_order_ = std::move(order);
}

std::uint64_t Object::lay_out()
{
    std::uint64_t offset = 0;
    for (const auto index : load_order()) {
        auto& section = sections_[index];
        offset = aligned(offset, section.alignment);
        section.address = {offset};
        offset += section.size;
    }
    return offset;
}

void Object::move_to(GuestAddr base)
{
    for (auto& section : sections_) section.address = {arch_->word(section.address.value + base.value)};
}

GuestAddr Object::address_of(const LinkSymbol& symbol) const
{
    if (symbol.section >= elf::shn_loreserve) return {arch_->word(symbol.value)};
    return {arch_->word(sections_[symbol.section].address.value + symbol.value)};
}

} // namespace retromod
