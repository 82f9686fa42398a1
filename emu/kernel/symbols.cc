// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/kernel.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace retromod {
namespace {

/// "name", or "name+0x1c".
std::string with_offset(std::string_view name, std::uint64_t offset)
{
    return offset ? fmt::format("{}+{:#x}", name, offset) : std::string(name);
}

} // namespace

// Source: include/linux/modversions.h's form: _R, in SMP kernels _Rsmp_, and eight hex digits.
std::string_view without_version(std::string_view name)
{
    constexpr std::size_t digits = 8;
    const auto at = name.rfind("_R");
    if (at == std::string_view::npos || at == 0) return name;
    auto version = name.substr(at + 2);
    if (version.starts_with("smp_")) version.remove_prefix(4);
    const bool is_version = version.size() == digits && version.find_first_not_of("0123456789abcdef") == std::string_view::npos;
    return is_version ? name.substr(0, at) : name;
}

std::optional<GuestAddr> Kernel::symbol_address(std::string_view name)
{
    if (const auto entry = entry_by_name_.find(std::string(name)); entry != entry_by_name_.end())
        return GuestAddr{state_->entries + entry->second * cpu_.entry_bytes};
    return find_variable(name);
}

GuestAddr Kernel::bind_trap(std::string_view name)
{
    if (const auto known = symbol_address(name)) return *known;
    auto entries = machine_.table<EntryRow>();
    auto* row = state_->entry_count < EntryRow::table_capacity ? entries.insert() : nullptr;
    if (!row || name.size() >= sizeof row->name) throw std::length_error("no room for another trap entry");
    const auto number = entries.number_of(*row);
    row->is_trap = 1;
    name.copy(row->name, sizeof row->name - 1);
    state_->entry_count = std::max<std::uint64_t>(state_->entry_count, number + 1);
    entry_by_name_.emplace(name, number);
    entry_exports_.resize(state_->entry_count);
    entry_conventions_.resize(state_->entry_count);
    write_entry_code(number);
    return {state_->entries + number * cpu_.entry_bytes};
}

/// What stands at an entry is a return to the caller: the engine asks us before it runs.
void Kernel::write_entry_code(std::uint32_t number)
{
    const auto at = memory().bytes({state_->entries + number * cpu_.entry_bytes}, Access::execute);
    std::ranges::copy(cpu_.entry_code, at.begin());
    const auto* row = machine_.table<EntryRow>().find(number);
    if (!row || !cpu_.entry_code_for || !exports_.convention) return;
    const std::string_view name(row->name, strnlen(row->name, sizeof row->name));
    const auto convention = exports_.convention(arch(), machine_.release().exports, name);
    if (convention.return_register) std::ranges::copy(cpu_.entry_code_for(*convention.return_register), at.begin());
}

bool Kernel::has_data_export(std::string_view name) const
{
    for (const auto family : exports_.data)
        for (const auto& row : family)
            if (row.name == name && row.since.covers(machine_.release().exports)) return true;
    return false;
}

const Export* Kernel::export_at(GuestAddr entry)
{
    const auto number = (entry.value - state_->entries) / cpu_.entry_bytes;
    return entry.value >= state_->entries && number < entry_exports_.size() ? entry_exports_[number] : nullptr;
}

std::optional<GuestAddr> Kernel::find_variable(std::string_view name)
{
    const auto found = variables_.find(std::string(name));
    if (found == variables_.end()) return std::nullopt;
    return found->second;
}

GuestAddr Kernel::variable(std::string_view name)
{
    const auto found = find_variable(name);
    if (!found) throw std::out_of_range(fmt::format("the kernel has no variable '{}'", name));
    return *found;
}

std::optional<ModuleView> Kernel::module_of(GuestAddr address)
{
    const auto area = memory().vmalloc_area(address);
    if (!area || !modules().contains(area->start)) return std::nullopt;
    return module(area->start);
}

void Kernel::add_debug_symbols(GuestAddr at, std::span<const std::pair<std::string, GuestAddr>> symbols)
{
    auto rows = machine_.table<DebugSymbolRow>();
    for (const auto& [name, value] : symbols) {
        auto* row = rows.insert();
        if (!row) return;
        row->address = value.value;
        row->module = at.value;
        name.copy(row->name, sizeof row->name - 1);
    }
}

void Kernel::remove_debug_symbols(GuestAddr at)
{
    auto rows = machine_.table<DebugSymbolRow>();
    for (auto& row : rows)
        if (row.module == at.value) rows.erase(row);
}

std::string Kernel::symbolize(GuestAddr address)
{
    if (address.value >= state_->entries && address.value < state_->entries + state_->entry_count * cpu_.entry_bytes) {
        const auto offset = address.value - state_->entries;
        const auto* row = machine_.table<EntryRow>().find(static_cast<std::uint32_t>(offset / cpu_.entry_bytes));
        return row ? with_offset(row->name, offset % cpu_.entry_bytes) : "";
    }
    if (const auto area = memory().vmalloc_area(address)) {
        const DebugSymbolRow* best = nullptr;
        for (const auto& row : machine_.table<DebugSymbolRow>()) {
            if (row.module != area->start.value || row.address > address.value) continue;
            if (!best || row.address > best->address) best = &row;
        }
        std::string owner;
        try {
            if (const auto mod = module_of(address)) owner = mod->name();
        } catch (const KernelFault&) {
        }
        if (owner.empty()) return "";
        if (best) return fmt::format("{} [{}]", with_offset(best->name, address.value - best->address), owner);
        return fmt::format("[{}]{}", owner, with_offset("", address - area->start));
    }
    for (const auto& row : machine_.table<VariableRow>())
        if (address.value >= row.address && address.value < row.address + std::max<std::uint64_t>(row.bytes, 1))
            return with_offset(row.name, address.value - row.address);
    return "";
}

} // namespace retromod
