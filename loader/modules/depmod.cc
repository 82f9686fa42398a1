// SPDX-License-Identifier: GPL-2.0-or-later
// depmod of modutils 2.4: which module needs which. Source: modutils 2.4 depmod.c.
#include "loader/modules/depmod.h"

#include "loader/elf/module_file.h"
#include "loader/link/relocate.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

constexpr std::string_view export_prefix = "__ksymtab_";

/// What a defined symbol exports: by the table, or every global where there is none. Modules of 2.0, which declare
/// nothing, offer all that they define.
std::optional<std::string_view> exported(const Object& object, const LinkSymbol& symbol, std::optional<std::uint32_t> table,
                                         bool since_2_2)
{
    const bool global = symbol.binding == elf::stb_global;
    if (table) {
        if (symbol.section != *table || !global) return std::nullopt;
        return symbol.name.substr(std::min(export_prefix.size(), symbol.name.size()));
    }
    if (since_2_2 ? global : symbol.section < object.sections().size()) return symbol.name;
    return std::nullopt;
}

std::string_view without_suffix(std::string_view name)
{
    const auto tail = name.rfind("_R");
    if (tail == name.npos || name.size() - tail < 10) return {};
    const auto digits = name.substr(name.size() - 8);
    const bool hex = std::ranges::all_of(digits, [](unsigned char c) { return std::isxdigit(c) != 0; });
    return hex ? name.substr(0, tail) : std::string_view{};
}

/// The module's name in the map files: the last component without `.gz`, `.o`, `.mod`.
std::string map_name(std::string_view path)
{
    if (const auto slash = path.rfind('/'); slash != path.npos) path.remove_prefix(slash + 1);
    if (path.size() > 3 && path.ends_with(".gz")) path.remove_suffix(3);
    if (path.size() > 2 && path.ends_with(".o")) path.remove_suffix(2);
    else if (path.size() > 4 && path.ends_with(".mod")) path.remove_suffix(4);
    return std::string(path);
}

} // namespace

Depmod::Depmod(std::vector<std::string> kernel_symbols, bool ignores_versions, ProblemSentence sentence, const Speech& speech)
    : kernel_(std::make_move_iterator(kernel_symbols.begin()), std::make_move_iterator(kernel_symbols.end())),
      ignores_versions_(ignores_versions), sentence_(std::move(sentence)), speech_(speech)
{
    kernel_.insert({"mod_use_count_", "__this_module"});
}

std::optional<Problem> Depmod::read(const std::string& host_path, DepmodModule& module)
{
    const auto file = read_module_file(host_path);
    if (!file) return file.problem();
    const auto elf = ElfFile::open(file->bytes);
    if (!elf) return elf.problem();
    const auto* arch = elf->header().arch();
    if (!arch) return Problem{.kind = ProblemKind::unknown_architecture, .where = host_path};
    std::vector<Problem> complaints;
    auto object = Object::load(*elf, *arch, complaints);
    for (const auto& complaint : complaints) speech_.error(sentence_(complaint, module.path));
    if (!object) return object.problem();
    create_got(*object);
    const auto table = object->find_section("__ksymtab");
    const bool since_2_2 = table || object->find_section(".modinfo") || object->symbols().find("__this_module");
    for (const auto* symbol : object->symbols().in_chain_order()) {
        if (symbol->is_undefined()) {
            if (symbol->binding != elf::stb_weak && symbol->relocated_as != 0) module.imports.emplace_back(symbol->name);
        } else if (const auto name = exported(*object, *symbol, table, since_2_2)) {
            module.exports.emplace_back(*name);
        }
    }
    module.maps = read_device_tables(*object, module.path, versions_, speech_);
    return std::nullopt;
}

void Depmod::add(const std::string& host_path, const std::string& path)
{
    DepmodModule module{.path = path, .exports = {}, .imports = {}, .maps = {}};
    if (const auto problem = read(host_path, module)) {
        if (problem->kind != ProblemKind::cannot_open) speech_.error(sentence_(*problem, path));
        return;
    }
    for (const auto& name : module.exports) exporters_.try_emplace(name, modules_.size());
    modules_.push_back(std::move(module));
}

Depmod::Provider Depmod::provider_of(const std::string& import) const
{
    const auto look = [&](const std::string& name) -> Provider {
        if (kernel_.contains(name)) return {.found = true};
        const auto found = exporters_.find(name);
        return found == exporters_.end() ? Provider{} : Provider{.found = true, .module = found->second};
    };
    auto provider = look(import);
    if (provider.found || !ignores_versions_) return provider;
    const auto plain = without_suffix(import);
    return plain.empty() ? provider : look(std::string(plain));
}

Depmod::Resolved Depmod::resolve(UnresolvedWords words) const
{
    Resolved resolved;
    for (std::size_t index = 0; index < modules_.size(); ++index) {
        const auto& module = modules_[index];
        DepModule entry{.path = module.path, .key = std::string(module_key(module.path)), .dependencies = {}};
        std::set<std::size_t> needed;
        bool told = false;
        for (const auto& import : module.imports) {
            const auto provider = provider_of(import);
            if (provider.module && *provider.module != index && needed.insert(*provider.module).second)
                entry.dependencies.push_back(modules_[*provider.module].path);
            if (provider.found) continue;
            resolved.unresolved = true;
            if (words.quiet) continue;
            if (!told) speech_.error(fmt::format("*** Unresolved symbols in {}", module.path));
            if (words.names) speech_.error(fmt::format("\t{}", import));
            told = true;
        }
        resolved.modules.push_back(std::move(entry));
    }
    return resolved;
}

std::string Depmod::map_text(GeneratedFile which) const
{
    constexpr std::size_t longest_line = 4095;
    auto text = fmt::format("{}\n", map_header(which));
    for (const auto& module : modules_)
        for (const auto& row : module.maps[static_cast<std::size_t>(which)]) {
            auto line = fmt::format("{:<20} {}", map_name(module.path), row);
            if (which == GeneratedFile::generic_string) line.resize(std::min(line.size(), longest_line));
            text += line + "\n";
        }
    return text;
}

} // namespace retromod
