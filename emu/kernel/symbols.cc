// SPDX-License-Identifier: GPL-2.0-or-later
// The kernel's functions and variables by name and by address.
#include "emu/kernel/symbols.h"

#include "emu/kernel/guest_core.h"
#include "emu/kernel/export.h"
#include "emu/kernel/export_choice.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/module_list.h"

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

/// A name in a row of the machine, which nothing outside makes end.
template <std::size_t size>
std::string text_of(const char (&name)[size])
{
    return std::string(name, strnlen(name, size));
}

/// The last symbol of a module's, or of the core's, that lies at or before the address.
const DebugSymbolRow* last_debug_symbol(Machine& machine, std::uint64_t owner, GuestAddr address)
{
    const DebugSymbolRow* best = nullptr;
    for (const auto& row : machine.table<DebugSymbolRow>()) {
        if (row.module != owner || row.address > address.value) continue;
        if (!best || row.address > best->address) best = &row;
    }
    return best;
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

Symbols::Symbols(Machine& machine, const Cpu& cpu, const ExportTable& exports, KernelState& state, ModuleList& modules)
    : machine_(machine), cpu_(cpu), exports_(exports), state_(state), modules_(modules)
{
    for (const auto family : exports_.functions)
        for (const auto& row : family)
            if (exists(row, machine_)) by_name_.emplace(row.name, &row);
}

void Symbols::take_up()
{
    const auto entries = machine_.table<EntryRow>();
    if (state_->entry_count > entries.capacity()) throw MachineDamaged("the kernel has more entries than its table holds");
    entries_.clear();
    variables_.clear();
    entry_exports_.assign(state_->entry_count, nullptr);
    conventions_.assign(state_->entry_count, {});
    for (std::uint32_t number = 0; number < state_->entry_count; ++number) {
        const auto* row = entries.find(number);
        if (!row) continue;
        const auto name = text_of(row->name);
        entries_.emplace(name, number);
        const auto found = by_name_.find(name);
        const auto* function = found != by_name_.end() ? found->second
                               : row->is_trap          ? nullptr
                                                       : nearest_export(exports_, machine_, name);
        if (!function) continue;
        entry_exports_[number] = function;
        if (exports_.convention) conventions_[number] = exports_.convention(machine_.arch(), machine_.release().exports, name);
    }
    for (const auto& row : machine_.table<VariableRow>()) variables_.emplace(text_of(row.name), GuestAddr{row.address});
}

std::optional<GuestAddr> Symbols::address(std::string_view name) const
{
    if (const auto entry = entries_.find(std::string(name)); entry != entries_.end())
        return GuestAddr{state_->entries + entry->second * cpu_.entry_bytes};
    return find_variable(name);
}

void Symbols::add_entry(std::string_view name, bool is_trap)
{
    auto entries = machine_.table<EntryRow>();
    auto* row = entries.insert();
    if (!row) throw std::length_error("more exports than kernel entries");
    row->is_trap = is_trap;
    name.copy(row->name, sizeof row->name - 1);
    write_entry_code(entries.number_of(*row));
    ++state_->entry_count;
}

GuestAddr Symbols::bind_trap(std::string_view name)
{
    if (const auto known = address(name)) return *known;
    auto entries = machine_.table<EntryRow>();
    auto* row = state_->entry_count < EntryRow::table_capacity ? entries.insert() : nullptr;
    if (!row || name.size() >= sizeof row->name) throw std::length_error("no room for another trap entry");
    const auto number = entries.number_of(*row);
    row->is_trap = 1;
    name.copy(row->name, sizeof row->name - 1);
    state_->entry_count = std::max<std::uint64_t>(state_->entry_count, number + 1);
    entries_.emplace(name, number);
    entry_exports_.resize(state_->entry_count);
    conventions_.resize(state_->entry_count);
    write_entry_code(number);
    return {state_->entries + number * cpu_.entry_bytes};
}

/// What stands at an entry is a return to the caller: the engine asks its handler before that runs.
void Symbols::write_entry_code(std::uint32_t number)
{
    const auto at = machine_.memory().bytes({state_->entries + number * cpu_.entry_bytes}, Access::execute);
    std::ranges::copy(cpu_.entry_code, at.begin());
    const auto* row = machine_.table<EntryRow>().find(number);
    if (!row || !cpu_.entry_code_for || !exports_.convention) return;
    const auto convention = exports_.convention(machine_.arch(), machine_.release().exports, text_of(row->name));
    if (convention.return_register) std::ranges::copy(cpu_.entry_code_for(*convention.return_register), at.begin());
}

bool Symbols::offers(const Export& row) const
{
    const auto found = by_name_.find(row.name);
    return found != by_name_.end() && found->second == &row;
}

bool Symbols::offers_variable(std::string_view name) const
{
    for (const auto family : exports_.data)
        for (const auto& row : family)
            if (row.name == name) return true; // of another release: where the kernel's list has the name
    return false;
}

const Export* Symbols::export_at(GuestAddr entry) const
{
    const auto number = number_at(entry);
    return entry.value >= state_->entries && number < entry_exports_.size() ? entry_exports_[number] : nullptr;
}

std::optional<GuestAddr> Symbols::find_variable(std::string_view name) const
{
    const auto found = variables_.find(std::string(name));
    if (found == variables_.end()) return std::nullopt;
    return found->second;
}

GuestAddr Symbols::variable(std::string_view name) const
{
    const auto found = find_variable(name);
    if (!found) throw std::out_of_range(fmt::format("the kernel has no variable '{}'", name));
    return *found;
}

void Symbols::add_debug(GuestAddr module, std::span<const DebugSymbol> symbols)
{
    auto rows = machine_.table<DebugSymbolRow>();
    for (const auto& [name, address, type] : symbols) {
        auto* row = rows.insert();
        if (!row) return;
        row->address = address.value;
        row->module = module.value;
        row->type = static_cast<std::uint8_t>(type);
        name.copy(row->name, sizeof row->name - 1);
    }
}

void Symbols::remove_debug(GuestAddr module)
{
    auto rows = machine_.table<DebugSymbolRow>();
    if (!rows.size()) return;
    for (auto& row : rows)
        if (row.module == module.value) rows.erase(row);
}

std::string Symbols::describe(GuestAddr address)
{
    if (address.value >= state_->entries && address.value < state_->entries + state_->entry_count * cpu_.entry_bytes) {
        const auto offset = address.value - state_->entries;
        const auto* row = machine_.table<EntryRow>().find(static_cast<std::uint32_t>(offset / cpu_.entry_bytes));
        return row ? with_offset(row->name, offset % cpu_.entry_bytes) : "";
    }
    if (const auto area = machine_.memory().vmalloc_area(address)) return describe_in_module(address, *area);
    if (const auto& core = machine_.single<CoreRow>(); address.value - core.base < core.bytes) {
        const auto* symbol = last_debug_symbol(machine_, core.base, address);
        return symbol ? with_offset(symbol->name, address.value - symbol->address) : "";
    }
    for (const auto& row : machine_.table<VariableRow>())
        if (address.value >= row.address && address.value < row.address + std::max<std::uint64_t>(row.bytes, 1))
            return with_offset(row.name, address.value - row.address);
    return "";
}

std::string Symbols::describe_in_module(GuestAddr address, GuestRange area)
{
    const auto* best = last_debug_symbol(machine_, area.start.value, address);
    const auto owner = owner_of(address);
    if (owner.empty()) return "";
    if (best) return fmt::format("{} [{}]", with_offset(best->name, address.value - best->address), owner);
    return fmt::format("[{}]{}", owner, with_offset("", address - area.start));
}

std::string Symbols::owner_of(GuestAddr address)
{
    if (owner_of_) return owner_of_(address);
    try {
        const auto module = modules_.owner_of(address);
        return module ? module->name() : "";
    } catch (const KernelFault&) {
        return ""; // a damaged list
    }
}

} // namespace retromod
