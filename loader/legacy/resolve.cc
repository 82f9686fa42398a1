// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/legacy/resolve.h"

#include "emu/abi/gpl_exports.h"

namespace retromod {
namespace {

/// Offers symbols of one exporter; whether the module took one.
bool add_symbols_from(Object& object, const std::vector<ExportedSymbol>& symbols, std::uint32_t section,
                      const License& license, Offer& offer)
{
    bool used = false;
    for (const auto& exported : symbols) {
        auto name = exported.name;
        if (name.starts_with(gpl_only_prefix)) {
            offer.gplonly_seen = true;
            if (!license.is_gpl()) continue;
            name.remove_prefix(gpl_only_prefix.size());
        }
        const auto* wanted = object.symbols().find(name);
        if (!wanted || wanted->is_local()) continue;
        const auto added = object.symbols().add(
            {.name = name, .value = exported.value, .section = section, .binding = elf::stb_global});
        used |= added.symbol->section == section;
    }
    return used;
}

} // namespace

Offer add_kernel_symbols(Object& object, const KernelInfo& kernel, const License& license)
{
    Offer offer;
    for (std::size_t index = 0; index < kernel.modules.size(); ++index) {
        const auto section = first_module_section + static_cast<std::uint32_t>(index);
        if (add_symbols_from(object, kernel.modules[index].symbols, section, license, offer))
            offer.used_modules.push_back(index);
    }
    add_symbols_from(object, kernel.symbols, kernel_section, license, offer);
    return offer;
}

std::vector<std::string> settle_undefined(Object& object,
                                          const std::function<std::optional<GuestAddr>(std::string_view)>& bind)
{
    std::vector<std::string> unresolved;
    for (auto* symbol : object.symbols().in_chain_order()) {
        if (!symbol->is_undefined()) continue;
        if (symbol->binding == elf::stb_weak) {
            symbol->section = elf::shn_abs;
            symbol->value = 0;
            continue;
        }
        if (symbol->relocated_as == 0) continue;
        if (const auto address = bind ? bind(symbol->name) : std::nullopt) {
            symbol->section = stub_section;
            symbol->value = address->value;
            continue;
        }
        unresolved.emplace_back(symbol->name);
    }
    return unresolved;
}

std::vector<ResolvedImport> imports_of(const Object& object, const KernelInfo& kernel)
{
    std::vector<ResolvedImport> imports;
    for (const auto* symbol : object.symbols().in_chain_order()) {
        if (!symbol->is_imported()) continue;
        ResolvedImport import{.name = std::string(symbol->name), .address = {symbol->value}};
        if (symbol->section == stub_section) {
            import.provider = ResolvedImport::Provider::stub;
        } else if (symbol->section >= first_module_section) {
            import.provider = ResolvedImport::Provider::module;
            import.module = kernel.modules[symbol->section - first_module_section].name;
        }
        imports.push_back(std::move(import));
    }
    return imports;
}

} // namespace retromod
