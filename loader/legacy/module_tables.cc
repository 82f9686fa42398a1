// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/legacy/module_tables.h"

#include "loader/legacy/module_header.h"
#include "loader/link/relocation.h"

#include <fmt/format.h>

namespace retromod {
namespace {

constexpr std::string_view export_section = "__ksymtab";
constexpr std::uint64_t archdata_alignment = 16;

LinkSymbol global_at(std::string_view name, std::uint32_t section)
{
    return {.name = name, .section = section, .binding = elf::stb_global};
}

/// The section that exports go to. EXPORT_NO_SYMBOLS leaves one that is not loaded: that one loses its name.
std::uint32_t exports_of(Object& object)
{
    if (const auto found = object.find_section(export_section)) {
        if (object.section(*found).is_loaded()) return *found;
        object.rename_section(*found, "x_ksymtab");
    }
    return object.create_section(std::string(export_section), object.arch().word_bytes, 0, 0);
}

/// A struct module_symbol: value and name.
void add_export(Object& object, const LinkSymbol& symbol)
{
    const auto section = exports_of(object);
    const auto word = object.arch().word_bytes;
    const auto offset = object.extend_section(section, 2 * word);
    object.patch_symbol(section, offset, symbol);
    object.patch_string(section, offset + word, symbol.name);
}

/// Whether a symbol is exported by a module that says nothing of exports.
bool is_exportable(const Object& object, const LinkSymbol& symbol)
{
    if (symbol.is_local() || symbol.is_imported()) return false;
    return symbol.section >= elf::shn_loreserve || object.section(symbol.section).is_loaded();
}

/// Addresses of a section's ends; zeros when there is no such section.
struct Bounds {
    std::uint64_t start = 0;
    std::uint64_t end = 0;
};

Bounds bounds_of(const Object& object, std::string_view name)
{
    const auto found = object.find_section(name);
    if (!found) return {};
    const auto& section = object.section(*found);
    return {section.address.value, section.address.value + section.size};
}

Bounds filled_bounds_of(const Object& object, std::string_view name)
{
    const auto found = object.find_section(name);
    return found && object.section(*found).size != 0 ? bounds_of(object, name) : Bounds{};
}

/// How much of the module stays needed after init: up to the first init section; 0 when it has none.
std::uint64_t run_size(const Object& object, std::uint64_t base)
{
    std::uint64_t size = 0;
    for (const auto* name : {".text.init", ".data.init"}) {
        const auto found = object.find_section(name);
        if (!found) continue;
        const auto offset = object.section(*found).address.value - base;
        if (size == 0 || size > offset) size = offset;
    }
    return size;
}

std::uint64_t address_of_name(const Object& object, std::string_view name)
{
    const auto* symbol = object.symbols().find(name);
    return symbol ? object.address_of(*symbol).value : 0;
}

void add_ksymoops_symbol(Object& object, std::string name, std::uint32_t section, bool as_export)
{
    const auto added = object.symbols().add(global_at(object.symbols().keep(std::move(name)), section));
    if (as_export) add_export(object, *added.symbol);
}

} // namespace

void create_this_module(Object& object, std::string_view name)
{
    const auto& arch = object.arch();
    const auto bytes = module_header_bytes(arch);
    const auto section = object.create_first_section(".this", arch.word_bytes, bytes);
    object.symbols().add({.name = "__this_module", .size = bytes, .section = section, .type = elf::stt_object});
    object.patch_string(section, header_field(arch, HeaderMember::name).offset, name);
}

void hide_special_symbols(Object& object)
{
    for (const auto* name : {"cleanup_module", "init_module", "kernel_version"})
        if (auto* symbol = object.symbols().find(name)) symbol->binding = elf::stb_local;
}

void add_ksymoops_symbols(Object& object, const ModuleFile& file, std::string_view module_name, const FileStamp& stamp,
                          std::string_view persist, ExportAll export_all)
{
    // A module that exports everything exports these with the rest.
    const bool as_exports = object.find_section(export_section) || export_all == ExportAll::no;
    const auto time = object.arch().word(static_cast<std::uint64_t>(file.modified));
    if (const auto header = object.find_section(".this")) {
        auto name =
            fmt::format("__insmod_{}_O{}_M{:0{}X}_V{}", module_name, file.real_path, time, stamp.time_digits, stamp.version);
        add_ksymoops_symbol(object, std::move(name), *header, as_exports);
    }
    if (const auto header = object.find_section(".this"); header && !persist.empty())
        add_ksymoops_symbol(object, fmt::format("__insmod_{}_P{}", module_name, persist), *header, as_exports);
    for (const auto* section : {".text", ".rodata", ".data", ".bss"}) {
        const auto found = object.find_section(section);
        if (!found || object.section(*found).size == 0) continue;
        add_ksymoops_symbol(object,
                            fmt::format("__insmod_{}_S{}_L{}", module_name, section, object.section(*found).size),
                            *found, as_exports);
    }
}

void create_module_tables(Object& object, const KernelInfo& kernel, const Offer& offer, ExportAll export_all)
{
    const auto& arch = object.arch();
    const auto word = arch.word_bytes;
    if (!offer.used_modules.empty()) {
        const auto entry_bytes = 3 * word; // struct module_ref {dep, ref, next_ref}
        const auto table = object.create_section(".kmodtab", word, entry_bytes * offer.used_modules.size(), 0);
        const auto* self = object.symbols().find("__this_module");
        std::uint64_t offset = 0;
        for (const auto index : offer.used_modules) {
            store_unsigned(object.place(table, offset, word).data(), word, arch.order,
                           kernel.modules[index].address.value);
            object.patch_symbol(table, offset + word, *self);
            offset += entry_bytes;
        }
    }
    if (export_all == ExportAll::no || object.find_section(export_section)) return;
    for (const auto* symbol : object.symbols().in_chain_order())
        if (is_exportable(object, *symbol)) add_export(object, *symbol);
}

void fill_archdata(Object& object)
{
    const auto found = object.find_section("__archdata");
    const auto section = found ? *found : object.create_section("__archdata", archdata_alignment, 0, 0);
    const auto* relocation = relocation_arch(object.arch());
    const auto table = relocation ? relocation->archdata_section : std::string_view{};
    if (table.empty() || !object.find_section(table)) return;
    const auto word = object.arch().word_bytes;
    std::vector<std::byte> contents(2 * word);
    const auto bounds = bounds_of(object, table);
    store_unsigned(contents.data(), word, object.arch().order, bounds.start);
    store_unsigned(contents.data() + word, word, object.arch().order, bounds.end);
    object.set_contents(section, std::move(contents));
}

void fill_module_header(Object& object, const HeaderFacts& facts)
{
    using enum HeaderMember;
    constexpr std::uint64_t autoclean_flag = 4; // MOD_AUTOCLEAN
    const auto& arch = object.arch();
    const auto section = *object.find_section(".this");
    const auto base = object.section(section).address.value;
    const auto header = object.section(section).writable();
    const auto set = [&](HeaderMember member, std::uint64_t value) { set_member(header, arch, member, value); };
    const auto set_bounds = [&](HeaderMember start, HeaderMember end, Bounds bounds) {
        set(start, bounds.start), set(end, bounds.end);
    };

    set(size_of_struct, module_header_bytes(arch));
    set(size, facts.size);
    set(flags, facts.autoclean ? autoclean_flag : 0);
    const auto exports = filled_bounds_of(object, export_section);
    set(syms, exports.start);
    set(nsyms, (exports.end - exports.start) / (2 * arch.word_bytes));
    if (facts.dependencies != 0) {
        set(deps, bounds_of(object, ".kmodtab").start);
        set(ndeps, facts.dependencies);
    }
    set(init, address_of_name(object, "init_module"));
    set(cleanup, address_of_name(object, "cleanup_module"));
    set_bounds(ex_table_start, ex_table_end, bounds_of(object, "__ex_table"));
    const auto* rows = relocation_arch(arch); // none where modules can only be looked at
    const auto gp_in_got = rows ? rows->gp_in_got : 0;
    if (gp_in_got != 0) set(gp, object.section(*object.got()).address.value + gp_in_got);
    set(runsize, run_size(object, base));
    set_bounds(archdata_start, archdata_end, filled_bounds_of(object, "__archdata"));
    set_bounds(kallsyms_start, kallsyms_end, filled_bounds_of(object, "__kallsyms"));
}

} // namespace retromod
