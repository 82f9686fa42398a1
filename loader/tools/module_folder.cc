// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/module_folder.h"

#include "loader/elf/constants.h"
#include "loader/elf/elf_file.h"
#include "loader/elf/module_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <stdexcept>

namespace retromod {
namespace {

constexpr std::string_view suffixes[] = {".o", ".o.gz"};
constexpr std::string_view export_prefix = "__ksymtab_";

std::optional<std::string> module_name(const std::string& file_name)
{
    for (const auto suffix : suffixes)
        if (file_name.size() > suffix.size() && file_name.ends_with(suffix))
            return file_name.substr(0, file_name.size() - suffix.size());
    return std::nullopt;
}

/// What depmod reads off a module: the symbols named __ksymtab_*, or all globals where there is no __ksymtab.
std::optional<Problem> read_symbols(const ElfFile& file, FolderModule& module)
{
    const bool has_export_table = file.find_section("__ksymtab") != nullptr;
    for (const auto& section : file.sections()) {
        if (section.type != elf::sht_symtab) continue;
        const auto symbols = file.symbols(section);
        if (!symbols) return symbols.problem();
        for (const auto& symbol : *symbols) {
            const bool global = symbol.binding == elf::stb_global;
            if (symbol.section == elf::shn_undef) {
                if (global && !symbol.name.empty()) module.imports.emplace_back(symbol.name);
            } else if (has_export_table) {
                if (symbol.name.starts_with(export_prefix))
                    module.exports.emplace_back(symbol.name.substr(export_prefix.size()));
            } else if (global && symbol.name != "init_module" && symbol.name != "cleanup_module") {
                module.exports.emplace_back(symbol.name);
            }
        }
    }
    return std::nullopt;
}

FolderModule read_module(std::string name, const std::string& path)
{
    FolderModule module{std::move(name), path, {}, {}, {}};
    const auto file = read_module_file(path);
    if (!file) {
        module.problem = file.problem();
        return module;
    }
    const auto object = ElfFile::open(file->bytes);
    module.problem = object ? read_symbols(*object, module) : object.problem();
    return module;
}

} // namespace

ModuleFolder::ModuleFolder(const std::string& folder)
{
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        if (auto name = module_name(entry.path().filename())) modules_.push_back(read_module(*name, entry.path()));
    }
    if (error) throw std::runtime_error(fmt::format("{}: {}", folder, error.message()));
    std::ranges::sort(modules_, {}, &FolderModule::path);
    for (const auto& module : modules_)
        for (const auto& symbol : module.exports) exporters_.try_emplace(symbol, &module);
}

const FolderModule* ModuleFolder::find(std::string_view name) const
{
    const auto found = std::ranges::find(modules_, name, &FolderModule::name);
    return found == modules_.end() ? nullptr : &*found;
}

std::vector<const FolderModule*> ModuleFolder::dependencies(
    const FolderModule& module, const std::function<bool(const std::string&)>& kernel_offers) const
{
    std::vector<const FolderModule*> order;
    std::set<const FolderModule*> seen{&module};
    const std::function<void(const FolderModule&)> add_needs_of = [&](const FolderModule& user) {
        for (const auto& symbol : user.imports) {
            const auto exporter = exporters_.find(symbol);
            if (exporter == exporters_.end() || kernel_offers(symbol)) continue;
            if (!seen.insert(exporter->second).second) continue;
            add_needs_of(*exporter->second);
            order.push_back(exporter->second);
        }
    };
    add_needs_of(module);
    return order;
}

} // namespace retromod
