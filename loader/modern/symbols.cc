// SPDX-License-Identifier: GPL-2.0-or-later
// What a module imports, and what it exports. Source: simplify_symbols, resolve_symbol_wait, resolve_symbol, find_symbol,
// inherit_taint, verify_namespace_is_imported, ref_module and verify_exported_symbols of kernel/module/main.c.
#include "emu/kernel/clock.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/threads.h"
#include "loader/modern/given_symbols.h"
#include "loader/modern/kernel_symbols.h"
#include "loader/modern/modern_kernel.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {

using namespace modern_elf;

struct ModernKernel::FoundSymbol {
    GuestAddr value;
    std::optional<std::uint32_t> crc;
    std::string name_space;
    bool gpl_only = false;
    std::string owner;     ///< "" for the kernel
    std::uint32_t row = 0; ///< of the owner
};

namespace {

constexpr std::int64_t symbol_wait_ticks = 30 * hz;

} // namespace

/// A struct kernel_symbol: since 4.19 three 32-bit distances {value, name, namespace}, before {value, name}.
std::string ModernKernel::exported_name(GuestAddr entry)
{
    auto& memory = kernel_.memory();
    if (kernel_.arch().word_bytes == 4) return memory.load_string(memory.load_pointer(entry + 4));
    const auto at = entry + 4;
    return memory.load_string(at + static_cast<std::uint64_t>(std::int64_t{memory.load<std::int32_t>(at)}));
}

/// Both tables of a module, in their order.
std::vector<std::pair<std::string, GuestAddr>> ModernKernel::exported_symbols(const ModernModuleRow& module)
{
    auto& memory = kernel_.memory();
    const bool wide = kernel_.arch().word_bytes == 8;
    std::vector<std::pair<std::string, GuestAddr>> symbols;
    const auto take = [&](GuestAddr table, std::uint32_t count) {
        for (std::uint32_t number = 0; number < count; ++number) {
            const auto entry = table + std::uint64_t{number} * (wide ? 12 : 8);
            const auto value = wide ? entry + static_cast<std::uint64_t>(std::int64_t{memory.load<std::int32_t>(entry)})
                                    : memory.load_pointer(entry);
            symbols.emplace_back(exported_name(entry), value);
        }
    };
    take({module.symbols}, module.symbol_count);
    take({module.gpl_symbols}, module.gpl_symbol_count);
    return symbols;
}

bool ModernKernel::find_in_table(const std::string& name, GuestAddr table, std::uint32_t count, GuestAddr crcs, FoundSymbol& found)
{
    auto& memory = kernel_.memory();
    const bool wide = kernel_.arch().word_bytes == 8;
    for (std::uint32_t number = 0; number < count; ++number) {
        const auto entry = table + std::uint64_t{number} * (wide ? 12 : 8);
        if (exported_name(entry) != name) continue;
        const auto distant = [&](GuestAddr at) {
            return at + static_cast<std::uint64_t>(std::int64_t{memory.load<std::int32_t>(at)});
        };
        found.value = wide ? distant(entry) : memory.load_pointer(entry);
        if (wide && memory.load<std::int32_t>(entry + 8)) found.name_space = memory.load_string(distant(entry + 8));
        if (crcs) found.crc = memory.load<std::uint32_t>(crcs + std::uint64_t{number} * 4);
        return true;
    }
    return false;
}

/// The kernel first, then modules, newest first; those that are not yet linked offer nothing.
bool ModernKernel::find_symbol(const std::string& name, bool gpl_ok, FoundSymbol& found)
{
    found = {};
    const auto& release = kernel_.machine().release();
    auto& machine = kernel_.machine();
    if (has_given_symbols(machine)) {
        if (const auto* given = find_given_symbol(machine, name); given && (gpl_ok || !given->gpl_only)) {
            found.value = kernel_.symbols().bind_trap(name); // our own of that name, where we have one
            if (given->has_crc) found.crc = given->crc;
            found.gpl_only = given->gpl_only;
            found.name_space = row_text(given->name_space);
            return true;
        }
    } else if (const auto* known = find_kernel_symbol(release, name); known && (gpl_ok || !known->gpl_only)) {
        auto address = kernel_.symbols().address(name);
        if (!address && kernel_.symbols().find_variable(name)) address = kernel_.symbols().find_variable(name);
        if (address) {
            found.value = *address;
            if (release.modern->options.has(ModernOption::modversions)) found.crc = known->crc;
            found.gpl_only = known->gpl_only;
            return true;
        }
    }
    for (auto* module : modules()) {
        if (module->state == ModuleState::unformed) continue;
        found.owner = row_text(module->name);
        found.row = row_number(*module);
        if (find_in_table(name, {module->symbols}, module->symbol_count, {module->crcs}, found)) return true;
        found.gpl_only = true;
        if (gpl_ok && find_in_table(name, {module->gpl_symbols}, module->gpl_symbol_count, {module->gpl_crcs}, found)) return true;
        found = {};
    }
    return false;
}

/// 0, -EBUSY while the module that exports it starts, another error, or -ENOENT for no such symbol.
std::int64_t ModernKernel::resolve(LoadInfo& info, const std::string& name, FoundSymbol& found)
{
    const auto own = struct_name(info);
    const bool gpl_ok = !(member(info, "taints") & taint_bit(TaintFlag::proprietary));
    if (!find_symbol(name, gpl_ok, found)) return error(Errno::enoent);
    auto& module = row(info.row);
    if (found.gpl_only) module.uses_gpl_only = 1;
    auto* owner = found.owner.empty() ? nullptr : &row(found.row);
    if (owner && rules().has_finit
        && kernel_.memory().load_word(member_at({owner->address}, "taints")) & taint_bit(TaintFlag::proprietary)) {
        if (module.uses_gpl_only) {
            log(3, fmt::format("{}: module using GPL-only symbols uses symbols {} from proprietary module {}.", own, name,
                               found.owner));
            return error(Errno::enoent);
        }
        if (gpl_ok) {
            log(4, fmt::format("{}: module uses symbols {} from proprietary module {}, inheriting taint.", own, name, found.owner));
            set_member(info, "taints", member(info, "taints") | taint_bit(TaintFlag::proprietary));
        }
    }
    if (!check_version(info, name, found.crc)) return rules().has_finit ? error(Errno::einval) : error(Errno::enoent);
    if (!found.name_space.empty()) {
        const auto imported = info.all_modinfo("import_ns");
        if (std::ranges::find(imported, found.name_space) == imported.end()) {
            log(3,
                fmt::format("{}: module uses symbol ({}) from namespace {}, but does not import it.", own, name, found.name_space));
            return error(Errno::einval);
        }
    }
    return owner ? use_module(info, *owner) : 0;
}

// Source: ref_module and strong_try_module_get.
std::int64_t ModernKernel::use_module(LoadInfo& info, ModernModuleRow& provider)
{
    auto uses = kernel_.machine().table<ModernUseRow>();
    const auto provider_number = row_number(provider);
    const auto known =
        uses.find_if([&](const ModernUseRow& use) { return use.user == info.row && use.provider == provider_number; });
    if (known) return 0;
    if (provider.state == ModuleState::coming) return error(Errno::ebusy);
    if (provider.state != ModuleState::live) return error(Errno::enoent);
    auto* use = uses.insert();
    if (!use) return error(Errno::enomem);
    use->user = info.row;
    use->provider = provider_number;
    use->order = ++state().next_order;
    change_references({provider.address}, 1);
    return 0;
}

ModernKernel::Task ModernKernel::resolve_waiting(LoadInfo& info, std::string name, FoundSymbol& found)
{
    const auto until = kernel_.clock().jiffies() + symbol_wait_ticks;
    while (true) {
        const auto result = resolve(info, name, found);
        if (result != error(Errno::ebusy) || !rules().waits_for_twin) co_return result;
        if (kernel_.clock().jiffies() >= until) {
            log(4, fmt::format("{}: gave up waiting for init of module {}.", struct_name(info), found.owner));
            co_return result;
        }
        waiters_.push_back(kernel_.machine().table<ThreadRow>().number_of(*kernel_.threads().current()));
        co_await park("a module that exports a symbol to start", until);
    }
}

/// Gives every symbol its address. All of them are looked at; the last that fails decides.
ModernKernel::Task ModernKernel::resolve_symbols(LoadInfo& info)
{
    const auto& table = info.sections[info.index.symbols];
    const auto count = table.size / info.image.symbol_bytes();
    std::int64_t result = 0;
    info.symbols.clear();
    for (std::uint64_t number = 0; number < count; ++number) info.symbols.push_back(info.image.symbol(table, number));
    for (std::uint64_t number = 1; number < count; ++number) {
        auto symbol = info.symbols[number];
        const auto own = struct_name(info);
        const auto name = info.symbol_name(symbol);
        if (symbol.section == common) {
            if (name.starts_with("__gnu_lto")) continue;
            log(4, fmt::format("{}: please compile with -fno-common", own));
            result = error(Errno::enoexec);
        } else if (symbol.section == absolute || (symbol.section == livepatch && rules().has_finit)) {
            continue;
        } else if (symbol.section == undefined) {
            FoundSymbol found;
            const auto trouble = co_await resolve_waiting(info, name, found);
            if (trouble == 0) {
                info.symbols[number].value = found.value.value;
                continue;
            }
            if (trouble == error(Errno::enoent) && found.owner.empty()
                && (symbol.binding() == weak || name == "_GLOBAL_OFFSET_TABLE_"))
                continue;
            log(4, rules().has_finit ? fmt::format("{}: Unknown symbol {} (err {})", own, name, trouble)
                                     : fmt::format("{}: Unknown symbol {}", own, name));
            result = trouble;
        } else if (symbol.section >= info.sections.size()) {
            if (!rules().refuses_bad_section_index)
                throw WouldCrash{fmt::format("symbol {} is in section {}", name, symbol.section)};
            log(3, fmt::format("{}: Symbol {} has an invalid section index {} (max {})", own, name, symbol.section,
                               info.sections.size() - 1));
            result = error(Errno::enoexec);
        } else {
            info.symbols[number].value += info.sections[symbol.section].address;
        }
    }
    co_return result;
}

std::optional<Errno> ModernKernel::check_duplicate_exports(LoadInfo& info)
{
    const auto& module = row(info.row);
    const std::uint64_t entry_bytes = kernel_.arch().word_bytes == 8 ? 12 : 8;
    const std::pair<std::uint64_t, std::uint32_t> tables[] = {{module.symbols, module.symbol_count},
                                                              {module.gpl_symbols, module.gpl_symbol_count}};
    for (const auto& [table, count] : tables) {
        for (std::uint32_t number = 0; number < count; ++number) {
            const auto name = exported_name(GuestAddr{table} + number * entry_bytes);
            FoundSymbol found;
            if (!find_symbol(name, true, found)) continue;
            log(3, fmt::format("{}: exports duplicate symbol {} (owned by {})", struct_name(info), name,
                               found.owner.empty() ? "kernel" : found.owner));
            return Errno::enoexec;
        }
    }
    return std::nullopt;
}

} // namespace retromod
