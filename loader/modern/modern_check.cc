// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/modern/modern_check.h"

#include "emu/abi/release.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/kernel_rows.h"
#include "loader/modern/given_symbols.h"
#include "loader/modern/module_profile.h"
#include "loader/modern/rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace retromod {
namespace {

/// Entries of the tables that a module brings along, in bytes: __ksymtab, its versions, __param.
struct EntryBytes {
    std::uint64_t symbol, version, parameter;
};
constexpr EntryBytes entries_32{8, 4, 20}, entries_64{12, 4, 40};

class ModernCheck {
public:
    ModernCheck(Machine& machine, Findings& findings)
        : machine_(machine), memory_(machine.memory()), entries_(machine.arch().word_bytes == 8 ? entries_64 : entries_32),
          findings_(findings)
    {
    }

    void run()
    {
        if (!profile()) return;
        kernel();
        for (const auto& row : machine_.table<ModernModuleRow>()) module(row);
        for (const auto& row : machine_.table<ModernUseRow>()) use(row);
        for (const auto& row : machine_.table<ModernSectionRow>()) {
            ends(row.name, "the name of a section");
            require(modules().find(row.module), "section '{}' belongs to module {}, which is free", row_text(row.name), row.module);
        }
        for (const auto& row : machine_.table<GivenSymbolRow>()) {
            ends(row.name, "the name of an exported symbol");
            ends(row.name_space, "the namespace of an exported symbol");
        }
    }

private:
    template <class... Values>
    bool require(bool holds, fmt::format_string<Values...> text, Values&&... values)
    {
        if (!holds) findings_.push_back({Finding::State::beyond_repair, fmt::format(text, std::forward<Values>(values)...)});
        return holds;
    }
    template <std::size_t size>
    void ends(const char (&text)[size], std::string_view what)
    {
        require(std::ranges::find(text, '\0') != std::end(text), "{} has no end", what);
    }
    Table<ModernModuleRow> modules() { return machine_.table<ModernModuleRow>(); }

    /// The struct module that the kernel has; without it nothing can be said of modules.
    bool profile()
    {
        rules_.rules = *machine_.release().modern;
        try {
            if (const auto given = given_profile(machine_)) apply_profile(*machine_.release().modern, *given, rules_);
        } catch (const std::runtime_error& error) {
            return require(false, "the machine's struct module: {}", error.what());
        }
        return true;
    }

    void kernel()
    {
        const auto& row = machine_.single<ModernRow>();
        constexpr std::uint32_t strictest_lockdown = 2;
        require(row.options >> modern_option_count == 0, "the kernel's configuration is {:#x}", row.options);
        require(row.lockdown <= strictest_lockdown, "the kernel's lockdown is {}", row.lockdown);
        ends(row.blacklist, "module_blacklist");
        ends(row.keys, "the list of trusted certificates");
        next_order_ = row.next_order;
    }

    /// What a guest's word of that size is, or nothing where none is.
    std::optional<std::uint64_t> word(std::uint64_t address, unsigned bytes)
    {
        if (memory_.bytes({address}, Access::read, bytes).size() < bytes) return std::nullopt;
        return memory_.load_sized({address}, bytes);
    }
    std::optional<std::uint64_t> member(const ModernModuleRow& row, std::string_view name)
    {
        const auto* field = find_member(rules_.rules, name);
        return word(row.address + field->offset, field->size);
    }
    std::string name_in_guest(const ModernModuleRow& row)
    {
        const auto* field = find_member(rules_.rules, "name");
        const auto bytes = memory_.bytes({row.address + field->offset}, Access::read, sizeof row.name);
        const auto end = std::ranges::find(bytes.first(std::min(bytes.size(), sizeof row.name - 1)), std::byte{0});
        return {reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(end - bytes.begin())};
    }

    bool in_its_areas(const ModernModuleRow& row, std::uint64_t address, std::uint64_t bytes) const
    {
        for (std::size_t kind = 0; kind < memory_kinds; ++kind)
            if (row.area[kind] && address >= row.area[kind] && address - row.area[kind] <= row.area_bytes[kind] &&
                bytes <= row.area_bytes[kind] - (address - row.area[kind]))
                return true;
        return false;
    }

    void module(const ModernModuleRow& row)
    {
        const auto number = modules().number_of(row);
        ends(row.name, fmt::format("the name of module {}", number));
        ends(row.version, fmt::format("the version of module {}", number));
        ends(row.source_version, fmt::format("the srcversion of module {}", number));
        const auto name = fmt::format("module '{}'", row_text(row.name));
        if (!require(row.state <= ModuleState::unformed, "{} has state {}", name, static_cast<std::uint32_t>(row.state))) return;
        require(row.order <= next_order_, "{} is number {} to come, the next one is {}", name, row.order, next_order_ + 1);
        if (row.order) {
            require(orders_.insert(row.order).second, "{} came as number {}, as another one did", name, row.order);
            require(names_.insert(std::string(row_text(row.name))).second, "two modules are called '{}'", row_text(row.name));
        }
        for (std::size_t kind = 0; kind < memory_kinds; ++kind) area(name, row.area[kind], row.area_bytes[kind]);
        if (!row.address) return;
        if (!require(in_its_areas(row, row.address, rules_.rules.module_bytes),
                     "the struct module of {} lies at {:#x}, outside its memory", name, row.address))
            return;
        struct_module(row, name);
        table(row, name, "exported symbols", row.symbols, row.symbol_count, entries_.symbol);
        table(row, name, "exported symbols for GPL modules", row.gpl_symbols, row.gpl_symbol_count, entries_.symbol);
        table(row, name, "versions", row.crcs, row.symbol_count, entries_.version);
        table(row, name, "versions for GPL modules", row.gpl_crcs, row.gpl_symbol_count, entries_.version);
        table(row, name, "parameters", row.parameters, row.parameter_count, entries_.parameter);
        if (row.arguments)
            require(word(row.arguments, 1).has_value(), "the arguments of {} lie at {:#x}, where nothing is", name, row.arguments);
        if (row.percpu)
            require(word(row.percpu, 1).has_value(), "the per-CPU data of {} lie at {:#x}, where nothing is", name, row.percpu);
    }

    void area(std::string_view name, std::uint64_t address, std::uint32_t bytes)
    {
        if (!address) return;
        const auto found = memory_.vmalloc_area({address});
        const bool whole = found && found->start.value == address && found->bytes >= bytes;
        if (!require(whole, "{} has memory at {:#x}, {} bytes, that is not allocated so", name, address, bytes)) return;
        require(areas_.insert(address).second, "{} has memory at {:#x} that another module has, too", name, address);
    }

    void struct_module(const ModernModuleRow& row, std::string_view name)
    {
        if (row.order)
            require(name_in_guest(row) == row_text(row.name), "{} is called '{}' in its struct module", name, name_in_guest(row));
        const auto state = member(row, "state").value_or(~std::uint64_t{0});
        require(state == static_cast<std::uint32_t>(row.state), "{} has state {}, in its struct module {}", name,
                static_cast<std::uint32_t>(row.state), state);
        if (row.state != ModuleState::live) return;
        const auto number = modules().number_of(row);
        std::int32_t users = 0;
        for (const auto& use : machine_.table<ModernUseRow>()) users += use.provider == number;
        const auto references = static_cast<std::int32_t>(member(row, "refcnt").value_or(0)) - 1; // one is the module's own
        require(references >= users, "{} has {} references, and {} modules use it", name, references, users);
    }

    void table(const ModernModuleRow& row, std::string_view name, std::string_view what, std::uint64_t address, std::uint64_t count,
               std::uint64_t entry_bytes)
    {
        if (!address || !count) return;
        require(in_its_areas(row, address, count * entry_bytes), "the {} {} of {} at {:#x} are not in its memory", count, what,
                name, address);
    }

    void use(const ModernUseRow& row)
    {
        const auto* user = modules().find(row.user);
        const auto* provider = modules().find(row.provider);
        if (!require(user && provider, "module {} uses module {}, and one of them is free", row.user, row.provider)) return;
        require(uses_.insert({row.user, row.provider}).second, "module '{}' uses '{}' twice", row_text(user->name),
                row_text(provider->name));
    }

    Machine& machine_;
    AddressSpace& memory_;
    EntryBytes entries_;
    Findings& findings_;
    ProfiledRules rules_;
    std::uint64_t next_order_ = 0;
    std::set<std::uint64_t> orders_, areas_;
    std::set<std::string> names_;
    std::set<std::pair<std::uint32_t, std::uint32_t>> uses_;
};

} // namespace

void check_modern(Machine& machine, Findings& findings)
try {
    if (machine.release().modern && machine.single<KernelRow>().booted) ModernCheck(machine, findings).run();
} catch (const MachineDamaged& damage) {
    findings.push_back({Finding::State::beyond_repair, damage.what()});
}

} // namespace retromod
