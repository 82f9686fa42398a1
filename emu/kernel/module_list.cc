// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/module_list.h"

#include "emu/kernel/module_view.h"
#include "emu/kernel/processor.h"
#include "emu/kernel/trouble.h"

#include <iterator>
#include <vector>

namespace retromod {

void ModuleList::take_up(Machine& machine, GuestAddr head, GuestAddr kernel)
{
    auto* processor = processor_;
    *this = ModuleList();
    processor_ = processor;
    memory_ = &machine.memory();
    layout_.emplace(machine.layouts());
    head_ = head;
    kernel_ = kernel;
}

ModuleRef ModuleList::load_ref(GuestAddr at) const
{
    const auto word = layout_->word();
    return {memory_->load_pointer(at), memory_->load_pointer(at + word), memory_->load_pointer(at + 2 * word)};
}

std::optional<ModuleView> ModuleList::owner_of(GuestAddr address)
{
    const auto area = memory_->vmalloc_area(address);
    if (!area || !contains(area->start)) return std::nullopt;
    return view(area->start);
}

bool ModuleList::name_is_inside(GuestAddr module, const Node& node) const
{
    const auto area = memory_->vmalloc_area(module);
    return area && area->contains(node.name_pointer);
}

bool ModuleList::still_true(GuestAddr module, const Node& node) const
try {
    const auto at = view(module);
    return at.pointer(ModuleField::next) == node.next && at.pointer(ModuleField::name) == node.name_pointer &&
           at.is_named(node.name);
} catch (const KernelFault&) { // a name that lost its end
    return false;
}

void ModuleList::note_written(GuestRange range)
{
    if (!fresh_) return;
    auto node = nodes_.upper_bound(range.start.value + range.bytes - 1);
    while (node != nodes_.begin()) {
        --node;
        const auto area = memory_->vmalloc_area({node->first});
        if (!area || !still_true({node->first}, node->second)) {
            fresh_ = false;
            return;
        }
        if (area->start.value + area->bytes <= range.start.value) return;
    }
}

void ModuleList::refresh()
{
    if (auto* engine = processor_ ? processor_->made_engine() : nullptr)
        for (const auto& range : engine->take_touched()) note_written(range);
    for (const auto& range : memory_->take_written()) note_written(range);
    if (fresh_ && first() == known_first_) return;
    broken_ = !rebuild();
}

/// Reads the whole list; false when it is a circle, leaves the mapped memory, or keeps a name outside its module.
bool ModuleList::rebuild()
try {
    nodes_.clear();
    by_name_.clear();
    fresh_ = false;
    known_first_ = first();
    std::vector<GuestAddr> order;
    for (auto at = known_first_; !is_end(at); at = view(at).pointer(ModuleField::next)) {
        Node node{order.empty() ? GuestAddr{} : order.back(), view(at).pointer(ModuleField::next),
                  view(at).pointer(ModuleField::name), view(at).name(), 0};
        if (!name_is_inside(at, node) || !nodes_.emplace(at.value, std::move(node)).second) return false;
        order.push_back(at);
    }
    for (auto at = order.rbegin(); at != order.rend(); ++at) {
        auto& node = nodes_.at(at->value);
        node.age = next_age_++;
        by_name_.emplace(node.name, at->value);
    }
    fresh_ = true;
    return true;
} catch (const KernelFault&) {
    return false;
}

std::optional<ModuleView> ModuleList::find_walking(std::string_view name) const
{
    CircleWatch watch;
    // The kernel's walk ends at NULL, which is behind its own entry; that has no name to be found by.
    for (auto at = first(); at; at = view(at).pointer(ModuleField::next)) {
        if (watch.comes_round_at(at)) throw KernelHang{"find_module walks a circle of modules"};
        const auto module = view(at);
        if (!module.flag(module_flag::deleted) && module.is_named(name)) return module;
    }
    return std::nullopt;
}

std::optional<ModuleView> ModuleList::find(std::string_view name)
{
    refresh();
    if (broken_) return find_walking(name);
    std::optional<ModuleView> newest;
    std::uint64_t newest_age = 0;
    const auto [begin, end] = by_name_.equal_range(std::string(name));
    for (auto entry = begin; entry != end; ++entry) {
        const auto age = nodes_.at(entry->second).age;
        if (age < newest_age || view({entry->second}).flag(module_flag::deleted)) continue;
        newest = view({entry->second});
        newest_age = age;
    }
    return newest;
}

bool ModuleList::contains(GuestAddr module)
{
    refresh();
    if (is_end(module)) return true;
    if (!broken_) return nodes_.contains(module.value);
    CircleWatch watch;
    for (auto at = first(); !is_end(at); at = view(at).pointer(ModuleField::next)) {
        if (at == module) return true;
        if (watch.comes_round_at(at)) throw KernelHang{"the list of modules is a circle"};
    }
    return false;
}

void ModuleList::link_front(GuestAddr module)
{
    refresh();
    const auto next = first();
    auto added = view(module);
    added.set(ModuleField::next, next.value);
    memory_->store_word(head_, module.value);
    if (broken_) return;
    if (const auto old = nodes_.find(next.value); old != nodes_.end()) old->second.previous = module;
    Node node{{}, next, added.pointer(ModuleField::name), added.name(), next_age_++};
    by_name_.emplace(node.name, module.value);
    nodes_[module.value] = std::move(node);
    known_first_ = module;
}

void ModuleList::forget(Nodes::iterator node)
{
    const auto [begin, end] = by_name_.equal_range(node->second.name);
    for (auto entry = begin; entry != end; ++entry) {
        if (entry->second != node->first) continue;
        by_name_.erase(entry);
        break;
    }
    nodes_.erase(node);
}

void ModuleList::unlink(GuestAddr module)
{
    refresh();
    const auto next = view(module).pointer(ModuleField::next);
    if (broken_) {
        auto link = head_;
        CircleWatch watch;
        while (memory_->load_pointer(link) != module) {
            if (watch.comes_round_at(link)) throw KernelHang{"the list of modules is a circle"};
            link = memory_->load_pointer(link) + layout_->field(ModuleField::next).offset;
        }
        memory_->store_word(link, next.value);
        return;
    }
    const auto node = nodes_.find(module.value);
    if (node == nodes_.end()) throw KernelFault{{module, Access::read, false}}; // the kernel's walk runs off the list
    const auto previous = node->second.previous;
    if (previous) {
        view(previous).set(ModuleField::next, next.value);
        nodes_.at(previous.value).next = next;
    } else {
        memory_->store_word(head_, next.value);
        known_first_ = next;
    }
    if (const auto old = nodes_.find(next.value); old != nodes_.end()) old->second.previous = previous;
    forget(node);
}

std::size_t ModuleList::size()
{
    refresh();
    if (!broken_) return nodes_.size();
    std::size_t count = 0;
    for_each([&](const ModuleView&) { ++count; });
    return count;
}

} // namespace retromod
