// SPDX-License-Identifier: GPL-2.0-or-later
// Where a module's sections go. Source: layout_sections, layout_symtab and move_module of 6.1 (two areas, each in parts of
// whole pages) and of 6.12 (an area for each kind of memory), percpu_modalloc, find_module_sections.
#include "loader/modern/kernel_symbols.h"
#include "loader/modern/modern_kernel.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {

using namespace modern_elf;

namespace {

constexpr std::uint32_t page = 4096;
constexpr std::uint64_t not_placed = ~std::uint64_t{0};

/// Sizes are 32 bits wide in the kernel, and wrap.
using Sizes = std::array<std::uint32_t, memory_kinds>;

struct Place {
    MemoryKind kind = MemoryKind::text;
    std::uint64_t offset = not_placed;
};

struct Plan {
    Sizes sizes{};
    std::vector<Place> places; ///< by section
};

bool is_init(std::string_view name) { return name.starts_with(".init"); }
bool is_ro_after_init(std::string_view name) { return name == ".data..ro_after_init" || name == "__jump_table"; }

/// The passes over the sections, in order: flags that must be there, flags that must not.
struct Pass {
    std::uint64_t with, without;
    MemoryKind core, init;
};
constexpr Pass passes[] = {
    {flag_exec | flag_alloc, 0, MemoryKind::text, MemoryKind::init_text},
    {flag_alloc, flag_write, MemoryKind::rodata, MemoryKind::init_rodata},
    {flag_ro_after_init | flag_alloc, 0, MemoryKind::ro_after_init, MemoryKind::init_data},
    {flag_write | flag_alloc, 0, MemoryKind::data, MemoryKind::init_data},
    {flag_alloc, 0, MemoryKind::data, MemoryKind::init_data},
};

class Planner {
public:
    Planner(LoadInfo& info, bool by_type) : info_(info), by_type_(by_type) { plan_.places.resize(info.sections.size()); }

    Plan run()
    {
        for (const bool init : {false, true}) {
            for (const auto& pass : passes) {
                place_pass(pass, init);
                // Core and init are laid out in parts, each of which ends with its page.
                if (!by_type_) align(area(pass, init));
            }
        }
        add_symbols();
        for (auto& size : plan_.sizes) size = align_up(size);
        return std::move(plan_);
    }

private:
    static std::uint32_t align_up(std::uint32_t size) { return (size + page - 1) & ~(page - 1); }
    MemoryKind area(const Pass& pass, bool init) const
    {
        if (by_type_) return init ? pass.init : pass.core;
        return init ? MemoryKind::init_text : MemoryKind::text;
    }
    void align(MemoryKind kind)
    {
        auto& size = plan_.sizes[static_cast<std::size_t>(kind)];
        size = align_up(size);
    }
    std::uint64_t take(MemoryKind kind, std::uint64_t bytes, std::uint64_t alignment)
    {
        auto& size = plan_.sizes[static_cast<std::size_t>(kind)];
        const auto mask = static_cast<std::uint32_t>(alignment ? alignment : 1) - 1;
        const std::uint32_t at = (size + mask) & ~mask;
        size = at + static_cast<std::uint32_t>(bytes);
        return at;
    }
    void place_pass(const Pass& pass, bool init)
    {
        for (unsigned number = 0; number < info_.sections.size(); ++number) {
            const auto& section = info_.sections[number];
            auto& place = plan_.places[number];
            if ((section.flags & pass.with) != pass.with || section.flags & pass.without || place.offset != not_placed) continue;
            if (is_init(info_.section_name(number)) != init) continue;
            place.kind = area(pass, init);
            place.offset = take(place.kind, section.size, section.alignment);
        }
    }
    /// Whether a symbol is kept for kallsyms when .init is freed. Source: is_core_symbol with CONFIG_KALLSYMS_ALL.
    bool stays(const ModernSymbol& symbol) const
    {
        if (symbol.section == undefined || symbol.section >= info_.sections.size() || !symbol.name) return false;
        if (!(info_.sections[symbol.section].flags & flag_alloc)) return false;
        return !is_init(info_.section_name(symbol.section));
    }
    /// Symbols that stay go behind the data, those that are freed with .init behind its data.
    void add_symbols()
    {
        constexpr std::uint64_t kallsyms_bytes = 32;
        const auto core = by_type_ ? MemoryKind::data : MemoryKind::text;
        const auto init = by_type_ ? MemoryKind::init_data : MemoryKind::init_text;
        const auto& table = info_.sections[info_.index.symbols];
        const auto& strings = info_.sections[info_.index.strings];
        const auto symbol_bytes = info_.image.symbol_bytes();
        const auto count = table.size / symbol_bytes;
        std::uint64_t kept = 1, name_bytes = 1;
        for (std::uint64_t number = 1; number < count; ++number) {
            const auto symbol = info_.image.symbol(table, number);
            if (!stays(symbol)) continue;
            ++kept;
            name_bytes += info_.symbol_name(symbol).size() + 1;
        }
        take(init, table.size, table.alignment);
        take(core, kept * symbol_bytes, table.alignment);
        take(core, name_bytes + kept, 1);
        take(init, strings.size, strings.alignment);
        take(init, kallsyms_bytes + count, 8);
    }

    LoadInfo& info_;
    bool by_type_;
    Plan plan_;
};

} // namespace

std::optional<Errno> ModernKernel::lay_out(LoadInfo& info)
{
    for (unsigned number = 0; number < info.sections.size(); ++number) {
        auto& section = info.sections[number];
        section.address = 0;
        if (rules().strict_elf && is_ro_after_init(info.section_name(number))) section.flags |= flag_ro_after_init;
    }
    // These were read from the image; they are not kept.
    for (const auto number : {info.index.info, info.index.versions, info.index.percpu})
        if (number) info.sections[number].flags &= ~flag_alloc;
    const auto plan = Planner(info, rules().memory_by_type).run();

    auto* fresh = kernel_.machine().table<ModernModuleRow>().insert();
    if (!fresh) return Errno::enomem;
    info.row = row_number(*fresh);
    fresh->state = ModuleState::unformed;
    for (std::size_t kind = 0; kind < memory_kinds; ++kind) {
        fresh->area_bytes[kind] = plan.sizes[kind];
        if (!plan.sizes[kind]) continue;
        const auto area = kernel_.memory().vmalloc(plan.sizes[kind]);
        if (!area) {
            if (rules().memory_by_type) log(4, "execmem: unable to allocate memory");
            return Errno::enomem;
        }
        kernel_.memory().fill(*area, plan.sizes[kind], std::byte{0});
        fresh->area[kind] = area->value;
    }
    const auto bytes = info.image.bytes();
    for (unsigned number = 0; number < info.sections.size(); ++number) {
        auto& section = info.sections[number];
        const auto& place = plan.places[number];
        if (place.offset == not_placed) continue;
        section.address = fresh->area[static_cast<std::size_t>(place.kind)] + place.offset;
        if (section.type == type_nobits || section.size == 0) continue;
        if (section.offset > bytes.size() || section.size > bytes.size() - section.offset)
            throw WouldCrash{fmt::format("section {} is copied from outside the image", number)};
        const auto room = fresh->area_bytes[static_cast<std::size_t>(place.kind)];
        if (place.offset > room || section.size > room - place.offset)
            throw WouldCrash{fmt::format("section {} is copied to outside the module's memory", number)};
        kernel_.memory().write_all({section.address}, bytes.subspan(section.offset, section.size));
    }
    const auto& module = info.sections[info.index.module];
    info.module = {module.address};
    fresh->address = module.address;
    set_row_text(fresh->name, "");
    return std::nullopt;
}

// --- per-CPU data -----------------------------------------------------------------------------------------------

// Source: percpu_modalloc, and pcpu_alloc's own limits: 8 KB are reserved for modules, 32 KB is the least unit.
std::optional<Errno> ModernKernel::allocate_percpu(LoadInfo& info)
{
    constexpr std::uint64_t reserved = 8192, least_unit = 32768;
    if (!info.index.percpu) return std::nullopt;
    const auto& section = info.sections[info.index.percpu];
    if (section.size == 0) return std::nullopt;
    const auto name = struct_name(info);
    if (section.alignment > page)
        log(4, fmt::format("{}: per-cpu alignment {} > {}", name, static_cast<std::int64_t>(section.alignment), page));
    if (section.size > least_unit) warn_with_trace("mm/percpu.c pcpu_alloc");
    const auto area = section.size > reserved ? std::nullopt : kernel_.memory().vmalloc(section.size);
    if (!area) {
        log(4, fmt::format("{}: Could not allocate {} bytes percpu data", name, section.size));
        return Errno::enomem;
    }
    kernel_.memory().fill(*area, section.size, std::byte{0});
    if (section.type != type_nobits && section.offset <= info.image.size() && section.size <= info.image.size() - section.offset)
        kernel_.memory().write_all(*area, info.image.bytes().subspan(section.offset, section.size));
    info.sections[info.index.percpu].address = area->value;
    row(info.row).percpu = area->value;
    return std::nullopt;
}

// --- what the kernel looks for by name --------------------------------------------------------------------------

void ModernKernel::find_module_sections(LoadInfo& info)
{
    // Also sections that are not loaded are looked for by name.
    if (rules().strict_elf)
        for (unsigned number = 1; number < info.sections.size(); ++number) info.section_name(number);
    auto& module = row(info.row);
    const auto table = [&](std::string_view name, std::uint64_t entry_bytes, auto& address, std::uint32_t* count) {
        const auto found = info.find(name);
        address = found ? info.sections[found].address : 0;
        if (count) *count = found ? static_cast<std::uint32_t>(info.sections[found].size / entry_bytes) : 0;
    };
    const std::uint64_t symbol_bytes = kernel_.arch().word_bytes == 8 ? 12 : 8;
    const std::uint64_t parameter_bytes = kernel_.arch().word_bytes == 8 ? 40 : 20;
    table("__ksymtab", symbol_bytes, module.symbols, &module.symbol_count);
    table("__kcrctab", 4, module.crcs, nullptr);
    table("__ksymtab_gpl", symbol_bytes, module.gpl_symbols, &module.gpl_symbol_count);
    table("__kcrctab_gpl", 4, module.gpl_crcs, nullptr);
    table("__param", parameter_bytes, module.parameters, &module.parameter_count);
    if (find_member(rules(), "kp")) {
        set_member(info, "kp", module.parameters);
        set_member(info, "num_kp", module.parameter_count);
    }
    set_member(info, "syms", module.symbols);
    set_member(info, "num_syms", module.symbol_count);
    set_member(info, "gpl_syms", module.gpl_symbols);
    set_member(info, "num_gpl_syms", module.gpl_symbol_count);
    if (rules().has_finit && info.find("__obsparm")) log(4, fmt::format("{}: Ignoring obsolete parameters", struct_name(info)));
}

// Source: check_export_symbol_versions.
std::optional<Errno> ModernKernel::check_own_exports(LoadInfo& info)
{
    if (!has(ModernOption::modversions)) return std::nullopt;
    const auto& module = row(info.row);
    const bool missing = (module.symbol_count && !module.crcs) || (module.gpl_symbol_count && !module.gpl_crcs);
    if (!missing || force_load(info, "no versions for exported symbols")) return std::nullopt;
    return Errno::enoexec;
}

} // namespace retromod
