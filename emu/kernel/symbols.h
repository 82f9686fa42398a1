// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/export.h"
#include "emu/kernel/kernel_state.h"
#include "emu/kernel/module_list.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace retromod {

/// The name without the version that genksyms put behind it: printk for "printk_R1b7d4074".
std::string_view without_version(std::string_view name);

/// A name for an address in a module, or in the core, which the kernel itself may not know.
struct DebugSymbol {
    std::string name;
    GuestAddr address;
    char type = 0; ///< as /proc/kallsyms has it; 0: not said
};

/// The kernel's functions and variables by name and by address, and the names of what modules hold.
class Symbols {
public:
    Symbols(Machine& machine, const Cpu& cpu, const ExportTable& exports, KernelState& state, ModuleList& modules);

    /// The address that an import of that plain name gets, if the kernel offers it.
    std::optional<GuestAddr> address(std::string_view name) const;
    /// The address of a kernel variable. Asking for one that does not exist is a bug: std::out_of_range.
    GuestAddr variable(std::string_view name) const;
    std::optional<GuestAddr> find_variable(std::string_view name) const;
    /// "printk", "hello+0x1c [hello]", or empty when nothing is known.
    std::string describe(GuestAddr address);

    /// An entry that stops the guest with that name when called. std::length_error: no room for it.
    GuestAddr bind_trap(std::string_view name);

    /// Notes symbols in a module's memory for `describe`, those behind the table's capacity excepted; forgotten when the
    /// module goes.
    void add_debug(GuestAddr module, std::span<const DebugSymbol> symbols);
    void remove_debug(GuestAddr module);
    /// Who says the name of the module that an address lies in, where the kernel's own list does not (since 2.6).
    void set_owner_of(std::function<std::string(GuestAddr)> owner_of) { owner_of_ = std::move(owner_of); }

    /// The export behind a kernel entry; nothing at a trap, or where no entry is.
    const Export* export_at(GuestAddr entry) const;
    /// How the function behind a kernel entry takes its arguments and gives its result.
    const Convention& convention_at(GuestAddr entry) const { return conventions_[number_at(entry)]; }

    // Of a fresh machine, for its boot:

    /// Whether a function of that row's name is offered, and by that row.
    bool offers(const Export& row) const;
    bool offers_function(std::string_view name) const { return by_name_.contains(name); }
    bool offers_variable(std::string_view name) const;
    void add_entry(std::string_view name, bool is_trap);

    /// Finds this build's exports behind the entries that the machine has, by name.
    void take_up();

private:
    std::uint64_t number_at(GuestAddr entry) const { return (entry.value - state_->entries) / cpu_.entry_bytes; }
    void write_entry_code(std::uint32_t number);
    std::string describe_in_module(GuestAddr address, GuestRange area);
    std::string owner_of(GuestAddr address);

    Machine& machine_;
    const Cpu& cpu_;
    const ExportTable& exports_;
    KernelState& state_;
    ModuleList& modules_;
    std::function<std::string(GuestAddr)> owner_of_;
    std::unordered_map<std::string_view, const Export*> by_name_;
    std::vector<const Export*> entry_exports_; ///< by entry number
    std::vector<Convention> conventions_;      ///< likewise
    std::unordered_map<std::string, std::uint32_t> entries_;
    std::unordered_map<std::string, GuestAddr> variables_;
};

} // namespace retromod
