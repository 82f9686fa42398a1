// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/modules/module_folder.h"

#include "loader/elf/constants.h"
#include "loader/elf/elf_file.h"
#include "loader/elf/modinfo.h"
#include "loader/elf/module_file.h"
#include "loader/kmod/kmod.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <stdexcept>
#include <tuple>

namespace retromod {
namespace {

/// What tells modules and what they export, by who links them.
struct Form {
    std::vector<std::string_view> suffixes;
    std::string_view export_prefix; ///< of a symbol that stands for an exported one
    bool only_by_table;             ///< without a table nothing is exported; else everything is
    Unpacks unpacks;
};
const Form forms[] = {
    {{".o", ".o.gz"}, "__ksymtab_", false, Unpacks::gzip},
    {{".ko", ".ko.gz", ".ko.xz", ".ko.zst"}, "__kstrtab_", true, Unpacks::everything},
};
const Form& form_of(LinkedBy linked_by) { return forms[static_cast<std::size_t>(linked_by)]; }

std::optional<std::string> module_name(const std::string& file_name, LinkedBy linked_by)
{
    for (const auto suffix : form_of(linked_by).suffixes)
        if (file_name.size() > suffix.size() && file_name.ends_with(suffix))
            return linked_by == LinkedBy::kernel ? kmod_module_name(file_name)
                                                 : file_name.substr(0, file_name.size() - suffix.size());
    return std::nullopt;
}

/// What depmod reads off a module: the symbols that stand for exported ones, or all globals where there is no __ksymtab.
std::optional<Problem> read_symbols(const ElfFile& file, const Form& form, FolderModule& module)
{
    const bool has_export_table = form.only_by_table || file.find_section("__ksymtab") != nullptr;
    for (const auto& section : file.sections()) {
        if (section.type != elf::sht_symtab) continue;
        const auto symbols = file.symbols(section);
        if (!symbols) return symbols.problem();
        for (const auto& symbol : *symbols) {
            const bool global = symbol.binding == elf::stb_global;
            if (symbol.section == elf::shn_undef) {
                if (global && !symbol.name.empty()) module.imports.emplace_back(symbol.name);
                continue;
            }
            if (symbol.name == "init_module") module.loadable = true;
            if (has_export_table) {
                if (symbol.name.starts_with(form.export_prefix))
                    module.exports.emplace_back(symbol.name.substr(form.export_prefix.size()));
            } else if (global && symbol.name != "init_module" && symbol.name != "cleanup_module") {
                module.exports.emplace_back(symbol.name);
            }
        }
    }
    return std::nullopt;
}

/// How many leading characters of two paths are the same folders.
std::size_t common_folders(std::string_view a, std::string_view b)
{
    const auto differ = static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
    const auto slash = a.substr(0, differ).rfind('/');
    return slash == std::string_view::npos ? 0 : slash + 1;
}

FolderModule read_module(std::string name, const std::string& path, LinkedBy linked_by)
{
    FolderModule module{std::move(name), path, path, {}, {}, false, {}};
    const auto& form = form_of(linked_by);
    const auto file = read_module_file(path, form.unpacks);
    if (!file) {
        module.problem = file.problem();
        return module;
    }
    const auto object = ElfFile::open(file->bytes);
    module.problem = object ? read_symbols(*object, form, module) : object.problem();
    if (object && Modinfo(*object).find(linked_by == LinkedBy::kernel ? "vermagic" : "kernel_version")) module.loadable = true;
    return module;
}

} // namespace

bool is_module_file_name(const std::string& file_name, LinkedBy linked_by) { return module_name(file_name, linked_by).has_value(); }

ModuleFolder::ModuleFolder(const std::string& folder, LinkedBy linked_by, Below below)
    : ModuleFolder(std::vector{ModuleRoot{folder, folder}}, linked_by, below)
{
}

ModuleFolder::ModuleFolder(const std::vector<ModuleRoot>& roots, LinkedBy linked_by, Below below)
{
    namespace fs = std::filesystem;
    for (const auto& root : roots) {
        std::error_code error;
        for (fs::recursive_directory_iterator entry(root.path, error), end; !error && entry != end; entry.increment(error)) {
            if (below == Below::no) entry.disable_recursion_pending();
            auto name = module_name(entry->path().filename(), linked_by);
            std::error_code unknown; // a link that leads nowhere is a module that cannot be read, and says so
            if (!name || (entry->exists(unknown) && !entry->is_regular_file(unknown))) continue;
            modules_.push_back(read_module(*name, entry->path(), linked_by));
            modules_.back().shown = root.shown + modules_.back().path.substr(root.path.size());
        }
        if (error) throw std::runtime_error(fmt::format("{}: {}", root.shown, error.message()));
    }
    std::ranges::sort(modules_, {}, &FolderModule::shown);
    for (const auto& module : modules_)
        for (const auto& symbol : module.exports) exporters_[symbol].push_back(&module);
}

const FolderModule* ModuleFolder::find(std::string_view name) const
{
    const FolderModule* found = nullptr;
    for (const auto& module : modules_)
        if (module.name == name && (!found || (module.loadable && !found->loadable))) found = &module;
    return found;
}

const FolderModule* ModuleFolder::choose(const FolderModule& user, std::string_view symbol,
                                         const std::set<const FolderModule*>& loaded) const
{
    const auto found = exporters_.find(symbol);
    if (found == exporters_.end()) return nullptr;
    if (found->second.size() == 1) return found->second.front();
    const auto supplied = [&](const FolderModule& module) {
        return std::ranges::count_if(
            user.imports, [&](const auto& name) { return std::ranges::find(module.exports, name) != module.exports.end(); });
    };
    const auto merit = [&](const FolderModule* module) {
        return std::tuple(loaded.contains(module), module->loadable, supplied(*module), common_folders(user.shown, module->shown));
    };
    return *std::ranges::max_element(found->second, {}, merit); // the first of equals
}

std::vector<const FolderModule*> ModuleFolder::dependencies(
    const FolderModule& module, const std::function<bool(const std::string&)>& kernel_offers) const
{
    std::vector<const FolderModule*> order;
    std::set<const FolderModule*> seen{&module};
    const std::function<void(const FolderModule&)> add_needs_of = [&](const FolderModule& user) {
        for (const auto& symbol : user.imports) {
            if (kernel_offers(symbol)) continue;
            const auto* exporter = choose(user, symbol, seen);
            if (!exporter || !seen.insert(exporter).second) continue;
            add_needs_of(*exporter);
            order.push_back(exporter);
        }
    };
    add_needs_of(module);
    return order;
}

} // namespace retromod
