// SPDX-License-Identifier: GPL-2.0-or-later
// --check memory: what modules do wrong with the blocks that they kmalloc.
#include "loader/check/memory_check.h"

#include "emu/cpu/cpu.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/processor.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/trouble.h"
#include "loader/check/block_notes.h"
#include "loader/check/pointer_search.h"
#include "loader/modern/rows.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

constexpr std::uint64_t guard_bytes = 32;             ///< at least, behind a block
constexpr std::uint64_t largest_kmalloc = 128 << 10;
constexpr std::uint64_t most_held_bytes = 16 << 20;   ///< of freed blocks
constexpr std::size_t most_reports = 1000;
constexpr std::byte guard{0xbb};
constexpr std::byte poison{0x6b};                     ///< as mm/slab.c fills freed objects
constexpr std::uint64_t page = 4096;

std::string bytes_of(std::uint64_t count) { return count == 1 ? "1 byte" : fmt::format("{} bytes", count); }

std::optional<std::uint64_t> first_other(const AddressSpace& memory, std::uint64_t from, std::uint64_t to, std::byte expected)
{
    const auto bytes = memory.bytes({from}, Access::read, to - from).first(to - from);
    const auto found = std::ranges::find_if(bytes, [&](std::byte byte) { return byte != expected; });
    if (found == bytes.end()) return std::nullopt;
    return from + static_cast<std::uint64_t>(found - bytes.begin());
}

} // namespace

MemoryCheck::MemoryCheck(Kernel& kernel) : kernel_(kernel)
{
    kernel.processor().set_watcher(*this);
    kernel.heap().set_watch(this);
    remember();
    note_modules(Arrived::before);
}

/// Blocks of the commands before. One that is no block any more was given back by a program that knows nothing of these rows.
void MemoryCheck::remember()
{
    if (!has_block_notes(kernel_.machine())) return;
    for (const auto& row : kernel_.machine().table<CheckedBlockRow>()) {
        const auto extent = kernel_.heap().size_of({row.address});
        if (extent < row.bytes || !extent) continue;
        blocks_[row.address] = {row.bytes, extent, row.module, row.made, {}, false};
        for (auto at = round_down(row.address, page); at < row.address + extent; at += page) pages_.insert(at);
    }
}

/// Modules that are not known yet. What points into the memory of one that arrives was left there by another.
void MemoryCheck::note_modules(Arrived when)
{
    if (kernel_.module_loader()) return;
    auto rows = kernel_.machine().table<CheckedModuleRow>();
    try {
        kernel_.modules().for_each([&](const ModuleView& view) {
            const auto name = view.name();
            const FreedArea area{view.address(), view.get(ModuleField::size)};
            if (const auto known = modules_.find(name); known != modules_.end() && known->second.area.first == area.first) return;
            Module module{area};
            if (when == Arrived::now) {
                for (auto& line : left_behind(kernel_, area)) module.before.insert(std::move(line));
                module.is_known = true;
            } else {
                const auto is_it = [&](const CheckedModuleRow& row) { return row.name == name && row.address == area.first.value; };
                module.is_known = rows.find_if(is_it) != nullptr;
            }
            modules_[name] = std::move(module);
        });
    } catch (const KernelFault&) { // a list that a module has broken: what was read is noted
    } catch (const KernelHang&) {
    }
}

// --- what happens ---------------------------------------------------------------------------------------------------

MemoryCheck::Blocks::iterator MemoryCheck::block_around(std::uint64_t address)
{
    auto after = blocks_.upper_bound(address);
    if (after == blocks_.begin()) return blocks_.end();
    --after;
    return address - after->first < after->second.extent ? after : blocks_.end();
}

/// A module registers nothing before it calls the kernel.
void MemoryCheck::before_kernel_call(GuestAddr entry) noexcept
{
    entry_ = entry;
    if (!kernel_.memory().vmalloc_window().contains(pc_)) return;
    const auto holds = [&](const auto& known) { return known.second.area.holds(pc_.value); };
    if (std::ranges::none_of(modules_, holds)) note_modules(Arrived::now);
}

/// Only where an access begins counts: CPUs read whole words around a byte.
void MemoryCheck::accessed(GuestAddr address, unsigned bytes, Access access) noexcept
{
    if (!pages_.contains(round_down(address.value, page))) return;
    const auto found = block_around(address.value);
    if (found == blocks_.end()) return;
    auto& block = found->second;
    const auto offset = address.value - found->first;
    const auto verb = access == Access::write ? "writes" : "reads";
    if (!block.freed.empty())
        report(block, fmt::format("use after free: {} {} {} at offset {}", named(pc_), verb, bytes_of(bytes), offset));
    else if (offset >= block.bytes)
        report(block, fmt::format("overrun: {} {} {} at offset {}", named(pc_), verb, bytes_of(bytes), offset));
}

std::uint64_t MemoryCheck::padded(std::uint64_t bytes)
{
    return bytes > largest_kmalloc || bytes + guard_bytes <= largest_kmalloc ? bytes + guard_bytes : bytes;
}

void MemoryCheck::made(GuestAddr at, std::uint64_t bytes)
{
    const auto extent = kernel_.heap().size_of(at);
    const auto by = caller(std::to_string(bytes));
    const auto bracket = by.rfind('[');
    const auto module = bracket == by.npos || !by.ends_with(']') ? "" : by.substr(bracket + 1, by.size() - bracket - 2);
    blocks_[at.value] = {bytes, extent, module, by, {}, false};
    kernel_.memory().fill(at + bytes, extent - bytes, guard);
    for (auto from = round_down(at.value, page); from < at.value + extent; from += page) pages_.insert(from);
}

bool MemoryCheck::may_free(GuestAddr at)
{
    const auto call = caller(fmt::format("{:#x}", at.value));
    const auto found = block_around(at.value);
    if (found == blocks_.end()) {
        const bool is_foreign = !kernel_.memory().in_direct_map(at); // a module's own memory, vmalloc's, a user's
        if (is_foreign && found_.size() < most_reports)
            found_.push_back(fmt::format("wrong free: {}: kmalloc gave no such block", call));
        return true;
    }
    auto& block = found->second;
    if (!block.freed.empty()) {
        report(block, fmt::format("double free: {}", call), false);
        return false;
    }
    if (at.value != found->first) {
        report(block, fmt::format("wrong free: {}: {} behind the start", call, bytes_of(at.value - found->first)), false);
        return false;
    }
    look_at(found->first, block);
    block.freed = call;
    kernel_.memory().fill(at, block.bytes, poison);
    held_.push_back(at.value);
    held_bytes_ += block.extent;
    while (held_bytes_ > most_held_bytes && held_.size() > 1) {
        const auto oldest = held_.front();
        held_.pop_front();
        let_go(oldest);
    }
    return false;
}

void MemoryCheck::gone(GuestAddr at) { blocks_.erase(at.value); }

/// Looks for bytes that have changed where nobody may write: kernel functions did it for the module, or part of a store.
void MemoryCheck::look_at(std::uint64_t address, Block& block)
{
    auto& memory = kernel_.memory();
    const auto end = address + block.bytes;
    if (const auto at = first_other(memory, end, address + block.extent, guard)) {
        report(block, fmt::format("overrun: the byte at offset {} was changed", *at - address));
        memory.fill({end}, block.extent - block.bytes, guard); // the next command does not tell of it again
    }
    if (block.freed.empty()) return;
    if (const auto at = first_other(memory, address, end, poison))
        report(block, fmt::format("use after free: the byte at offset {} was changed", *at - address));
}

void MemoryCheck::let_go(std::uint64_t address)
{
    auto& block = blocks_.at(address);
    look_at(address, block);
    held_bytes_ -= block.extent;
    kernel_.heap().free({address}); // which erases the block here
}

// --- what is said ---------------------------------------------------------------------------------------------------

void MemoryCheck::report(Block& block, std::string what, bool once)
{
    if (once && std::exchange(block.is_reported, true)) return;
    block.is_reported = true;
    if (found_.size() >= most_reports) {
        ++left_out_;
        return;
    }
    found_.push_back(fmt::format("{}; the block of {} was made by {}{}", what, bytes_of(block.bytes), block.made,
                                 block.freed.empty() ? "" : fmt::format(", freed by {}", block.freed)));
}

std::string MemoryCheck::named(GuestAddr address) const
{
    const auto name = kernel_.symbols().describe(address);
    return name.empty() ? fmt::format("{:#x}", address.value) : name;
}

/// The kernel function under way, and who called it: "kfree(0xc0345020) from hello_exit+0x1c [hello]".
std::string MemoryCheck::caller(std::string_view arguments) const
{
    const auto* row = kernel_.symbols().export_at(entry_);
    auto context = kernel_.processor().engine().save();
    try {
        kernel_.cpu().finish_call(context, kernel_.memory());
    } catch (const KernelFault&) { // a stack that is not there: the call will fault, too
    }
    return fmt::format("{}({}) from {}", row ? row->name : "?", arguments, named({context.reg[kernel_.cpu().pc]}));
}

// --- the end --------------------------------------------------------------------------------------------------------

std::vector<std::string> MemoryCheck::finish()
{
    for (auto& [address, block] : blocks_)
        if (block.freed.empty()) look_at(address, block);
    for (const auto address : held_) let_go(address);
    held_.clear();
    std::set<std::string> loaded;
    if (kernel_.module_loader()) {
        for (const auto& module : kernel_.machine().table<ModernModuleRow>()) loaded.insert(module.name);
    } else {
        try {
            kernel_.modules().for_each([&](const ModuleView& module) { loaded.insert(module.name()); });
        } catch (const KernelFault&) { // who knows which modules there are: nobody is accused
            for (const auto& [name, area] : modules_) loaded.insert(name);
        }
    }
    find_leaks(loaded);
    find_left_behind(loaded);
    keep_rows();
    kernel_.heap().set_watch(nullptr);
    if (left_out_) found_.push_back(fmt::format("{} more faults are not shown", left_out_));
    return std::exchange(found_, {});
}

/// Blocks that a module made which has gone, and to which nothing leads any more.
void MemoryCheck::find_leaks(const std::set<std::string>& loaded)
{
    std::set<std::uint64_t> candidates;
    for (const auto& [address, block] : blocks_)
        if (!block.module.empty() && !loaded.contains(block.module)) candidates.insert(address);
    if (candidates.empty()) return;
    PointerSearch search(kernel_);
    for (const auto address : candidates) search.add(address, blocks_.at(address).extent);
    const auto found = search.run();
    for (const auto address : candidates)
        if (auto& block = blocks_.at(address); !found.contains(address))
            report(block, fmt::format("leak: {} has gone", block.module), false);
    for (const auto address : candidates) blocks_.erase(address); // it is said once
}

/// What modules registered and have not taken back.
void MemoryCheck::find_left_behind(const std::set<std::string>& loaded)
{
    for (const auto& [name, module] : modules_) {
        const bool is_again_in_use = kernel_.memory().vmalloc_area(module.area.first).has_value();
        if (!module.is_known || loaded.contains(name) || is_again_in_use) continue;
        for (const auto& line : left_behind(kernel_, module.area))
            if (!module.before.contains(line)) found_.push_back(fmt::format("left behind by {}: {}", name, line));
    }
}

void MemoryCheck::keep_rows()
{
    forget_gone_modules(kernel_);
    auto modules = kernel_.machine().table<CheckedModuleRow>();
    for (const auto& [name, module] : modules_) {
        const auto is_it = [&known = name](const CheckedModuleRow& row) { return row.name == known; };
        const bool is_noted = modules.find_if(is_it) != nullptr;
        auto* const row = module.is_known && module.before.empty() && !is_noted ? modules.insert() : nullptr;
        if (!row) continue;
        row->address = module.area.first.value;
        row->bytes = module.area.bytes;
        name.copy(row->name, sizeof row->name - 1);
    }
    forget_gone_modules(kernel_); // those that came and went
    auto rows = kernel_.machine().table<CheckedBlockRow>();
    for (auto& row : rows) rows.erase(row);
    for (const auto& [address, block] : blocks_) {
        auto* const row = rows.insert();
        if (!row) return; // the table is full: what is not in it is not missed
        row->bytes = static_cast<std::uint32_t>(block.bytes);
        row->address = address;
        block.module.copy(row->module, sizeof row->module - 1);
        block.made.copy(row->made, sizeof row->made - 1);
    }
}

} // namespace retromod
