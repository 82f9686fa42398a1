// SPDX-License-Identifier: GPL-2.0-or-later
// depmod of kmod: who needs whom. Source: kmod 30 tools/depmod.c.
#include "loader/modules/kmod_depmod.h"

#include "loader/elf/constants.h"
#include "loader/elf/elf_file.h"
#include "loader/elf/modinfo.h"
#include "loader/elf/module_file.h"
#include "loader/modules/conf_lines.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>

namespace retromod {
namespace {

namespace fs = std::filesystem;

constexpr int deepest_folder = 64;

bool is_module(std::string_view name)
{
    return std::ranges::any_of(std::initializer_list<std::string_view>{".ko", ".ko.gz", ".ko.xz", ".ko.zst"},
                               [&](std::string_view ending) { return name.size() > ending.size() && name.ends_with(ending); });
}

/// The version behind a `__crc_NAME` symbol: its value, or the word of the section that it stands in.
std::uint64_t crc_of(const ElfFile& elf, const ElfFile::Symbol& symbol)
{
    if (symbol.section == elf::shn_abs || symbol.section >= elf.sections().size()) return symbol.value;
    const auto contents = elf.sections()[symbol.section].contents;
    constexpr std::size_t crc_bytes = 4;
    if (contents.size() < crc_bytes || symbol.value > contents.size() - crc_bytes) return 0;
    return load_unsigned(contents.data() + symbol.value, crc_bytes, elf.header().order);
}

std::string_view text_in(std::span<const std::byte> bytes)
{
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return text.substr(0, text.find('\0'));
}

/// Names in `__ksymtab_strings`, for modules without `__crc_` symbols.
std::vector<KmodSymbol> exports_by_strings(const ElfFile& elf)
{
    std::vector<KmodSymbol> exports;
    const auto* section = elf.find_section("__ksymtab_strings");
    for (auto rest = section ? section->contents : std::span<const std::byte>{}; !rest.empty();) {
        const auto name = text_in(rest);
        if (!name.empty()) exports.push_back({.name = std::string(name)});
        rest = rest.subspan(std::min(name.size() + 1, rest.size()));
    }
    return exports;
}

/// The versions that a module was built against: `__versions` has a crc of a long's size and a name of 64 bytes with it.
std::vector<KmodSymbol> versions_of(const ElfFile& elf)
{
    constexpr std::size_t entry_bytes = 64;
    const auto long_bytes = elf.header().word_bytes;
    std::vector<KmodSymbol> versions;
    const auto* section = elf.find_section("__versions");
    for (std::size_t offset = 0; section && offset + entry_bytes <= section->contents.size(); offset += entry_bytes) {
        const auto entry = section->contents.subspan(offset, entry_bytes);
        versions.push_back({.name = std::string(text_in(entry.subspan(long_bytes))),
                            .crc = load_unsigned(entry.data(), long_bytes, elf.header().order)});
    }
    return versions;
}

/// Source: kmod 30 libkmod/libkmod-elf.c.
std::optional<Problem> read_symbols(const ElfFile& elf, KmodModule& module)
{
    const auto versions = versions_of(elf);
    std::unordered_map<std::string_view, std::uint64_t> crc_by_name;
    for (const auto& version : versions) crc_by_name.try_emplace(version.name, version.crc);
    for (const auto& section : elf.sections()) {
        if (section.type != elf::sht_symtab) continue;
        const auto symbols = elf.symbols(section);
        if (!symbols) return symbols.problem();
        for (const auto& symbol : *symbols) {
            constexpr std::string_view crc_prefix = "__crc_";
            if (symbol.index == 0 || symbol.name.empty()) continue;
            if (symbol.section == elf::shn_undef) {
                const auto crc = crc_by_name.extract(symbol.name);
                module.imports.push_back({.name = std::string(symbol.name), .crc = crc ? crc.mapped() : 0,
                                          .weak = symbol.binding == elf::stb_weak});
            } else if (symbol.name.starts_with(crc_prefix)) {
                module.exports.push_back({.name = std::string(symbol.name.substr(crc_prefix.size())), .crc = crc_of(elf, symbol)});
            }
        }
    }
    for (const auto& version : versions)
        if (crc_by_name.contains(version.name)) module.imports.push_back(version);
    if (module.exports.empty()) module.exports = exports_by_strings(elf);
    return std::nullopt;
}

std::optional<Problem> read_module(const std::string& host_path, KmodModule& module)
{
    const auto file = read_module_file(host_path, Unpacks::everything);
    if (!file) return file.problem();
    const auto elf = ElfFile::open(file->bytes);
    if (!elf) return elf.problem();
    if (auto problem = read_symbols(*elf, module)) return problem;
    const Modinfo modinfo(*elf);
    for (const auto& entry : modinfo.entries()) {
        if (entry.key == "alias") module.aliases.emplace_back(entry.value);
        if (entry.key == "softdep") module.soft_dependencies.emplace_back(entry.value);
    }
    return std::nullopt;
}

} // namespace

ProblemOr<std::optional<std::vector<KmodSymbol>>> kmod_symbols(const std::string& host_path, KmodSymbols which)
{
    const auto file = read_module_file(host_path, Unpacks::everything);
    if (!file) return file.problem();
    const auto elf = ElfFile::open(file->bytes);
    if (!elf) return elf.problem();
    using Symbols = std::optional<std::vector<KmodSymbol>>;
    if (which == KmodSymbols::versions) return elf->find_section("__versions") ? Symbols(versions_of(*elf)) : Symbols();
    KmodModule module{.path = host_path, .name = {}};
    if (auto problem = read_symbols(*elf, module)) return *problem;
    const bool has_none = module.exports.empty() && !elf->find_section("__ksymtab_strings");
    return has_none ? Symbols() : Symbols(std::move(module.exports));
}

std::string kmod_name_of(std::string_view path)
{
    if (const auto slash = path.rfind('/'); slash != path.npos) path.remove_prefix(slash + 1);
    std::string name(path.substr(0, path.find('.')));
    std::ranges::replace(name, '-', '_');
    return name;
}

std::optional<std::string> normalized_alias(std::string_view alias)
{
    std::string text(alias);
    bool bracket = false;
    for (auto& letter : text) {
        if (letter == '-' && !bracket) letter = '_';
        if (letter == ']' && !bracket) return std::nullopt;
        if (letter == '[') bracket = true;
        else if (letter == ']') bracket = false;
    }
    return bracket ? std::nullopt : std::optional(text);
}

KmodDepmod::KmodDepmod(std::string host_folder, KmodDepmodOptions options, const Speech& speech)
    : folder_(std::move(host_folder)), options_(std::move(options)), speech_(speech)
{
}

void KmodDepmod::read(const std::string& path)
{
    KmodModule module{.path = path, .name = kmod_name_of(path)};
    const auto host_path = fmt::format("{}/{}", folder_, path);
    if (read_module(host_path, module)) // the module stays in the list
        speech_.error(fmt::format("ERROR: failed to load symbols from {}: {}", host_path, std::strerror(EINVAL)));
    modules_.push_back(std::move(module));
}

void KmodDepmod::read_all()
{
    std::vector<std::string> paths;
    std::error_code error;
    for (fs::recursive_directory_iterator entry(folder_, error), end; !error && entry != end; entry.increment(error)) {
        const auto name = entry->path().filename().string();
        if (entry.depth() > deepest_folder || (entry.depth() == 0 && (name == "build" || name == "source"))) {
            entry.disable_recursion_pending();
            continue;
        }
        std::error_code unknown;
        if (is_module(name) && entry->is_regular_file(unknown)) paths.push_back(entry->path().lexically_relative(folder_));
    }
    std::ranges::sort(paths);
    std::map<std::string, std::string> path_of_name; // of several the one that depmod.d prefers, else the first
    for (const auto& path : paths) {
        const auto [known, is_new] = path_of_name.try_emplace(kmod_name_of(path), path);
        if (!is_new && options_.conf.prefers(path, known->second)) known->second = path;
    }
    for (const auto& path : paths)
        if (path_of_name.at(kmod_name_of(path)) == path) read(path);
    sort_by_order_file();
}

void KmodDepmod::sort_by_order_file()
{
    const auto text = read_conf_file(folder_ + "/modules.order");
    if (!text) return cannot_open("modules.order");
    std::unordered_map<std::string, std::size_t> places;
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) places.try_emplace(line, places.size());
    const auto place = [&](const KmodModule& module) {
        const auto unpacked = module.path.substr(0, module.path.rfind(".ko") + 3);
        const auto found = places.find(unpacked);
        return found == places.end() ? places.size() : found->second;
    };
    std::ranges::stable_sort(modules_, {}, place);
}

void KmodDepmod::cannot_open(std::string_view name) const
{
    speech_.error(fmt::format("WARNING: could not open {} at {}: {}", name, folder_, std::strerror(errno)));
}

bool KmodDepmod::resolve()
{
    if (options_.kernel_symbols)
        for (const auto& symbol : *options_.kernel_symbols) owners_[without_prefix(symbol.name)] = {.crc = symbol.crc};
    for (std::size_t index = 0; index < modules_.size(); ++index)
        for (const auto& symbol : modules_[index].exports) owners_[symbol.name] = {.module = index, .crc = symbol.crc};
    for (std::size_t index = 0; index < modules_.size(); ++index)
        for (const auto& symbol : modules_[index].imports) import(index, symbol);
    return sort_topologically();
}

std::string KmodDepmod::without_prefix(const std::string& name) const
{
    const bool has_prefix = options_.symbol_prefix != '\0' && name.starts_with(options_.symbol_prefix);
    return has_prefix ? name.substr(1) : name;
}

void KmodDepmod::import(std::size_t index, const KmodSymbol& symbol)
{
    auto& module = modules_[index];
    const bool tells = options_.errors && options_.kernel_symbols && !symbol.weak;
    const auto owner = owners_.find(without_prefix(symbol.name));
    if (owner == owners_.end()) {
        if (tells) speech_.error(fmt::format("WARNING: {}/{} needs unknown symbol {}", folder_, module.path, symbol.name));
        return;
    }
    if (tells && options_.checks_versions && owner->second.crc != symbol.crc)
        speech_.error(fmt::format("WARNING: {}/{} disagrees about version of symbol {}", folder_, module.path, symbol.name));
    const auto needed = owner->second.module;
    if (!needed || *needed == index || std::ranges::find(module.dependencies, *needed) != module.dependencies.end()) return;
    module.dependencies.push_back(*needed);
}

bool KmodDepmod::sort_topologically()
{
    std::vector<unsigned> users(modules_.size());
    for (const auto& module : modules_)
        for (const auto needed : module.dependencies) ++users[needed];
    std::vector<std::size_t> roots;
    for (std::size_t index = 0; index < modules_.size(); ++index)
        if (users[index] == 0) roots.push_back(index);
    std::size_t sorted = 0;
    while (!roots.empty()) {
        auto& module = modules_[roots.back()];
        roots.pop_back();
        module.order = sorted++;
        for (const auto needed : module.dependencies)
            if (--users[needed] == 0) roots.push_back(needed);
    }
    if (sorted == modules_.size()) return true;
    std::vector<std::size_t> left;
    for (std::size_t index = 0; index < modules_.size(); ++index)
        if (users[index] != 0) left.push_back(index);
    tell_circle(left);
    return false;
}

void KmodDepmod::tell_circle(const std::vector<std::size_t>& left) const
{
    // From any that is left one comes, along the first needed that is left, into a circle.
    std::vector<std::size_t> way;
    for (auto at = left.front(); std::ranges::find(way, at) == way.end();) {
        way.push_back(at);
        const auto& needed = modules_[at].dependencies;
        const auto next = std::ranges::find_if(needed, [&](auto each) { return std::ranges::find(left, each) != left.end(); });
        if (next == needed.end()) break;
        at = *next;
    }
    std::string text;
    for (const auto index : way) text += modules_[index].name + " -> ";
    speech_.error(fmt::format("ERROR: Cycle detected: {}{}", text, modules_[way.front()].name));
    speech_.error(fmt::format("ERROR: Found {} modules in dependency cycles!", left.size()));
}

std::vector<std::size_t> KmodDepmod::all_dependencies(std::size_t module) const
{
    std::vector<std::size_t> all = modules_[module].dependencies;
    std::set<std::size_t> seen(all.begin(), all.end());
    for (std::size_t index = 0; index < all.size(); ++index)
        for (const auto needed : modules_[all[index]].dependencies)
            if (seen.insert(needed).second) all.push_back(needed);
    std::ranges::sort(all, {}, [&](std::size_t index) { return modules_[index].order; });
    return all;
}

std::string KmodDepmod::dependency_line(std::size_t module) const
{
    auto line = modules_[module].path + ":";
    for (const auto needed : all_dependencies(module)) line += " " + modules_[needed].path;
    return line;
}

std::string KmodDepmod::text_of(std::string_view title, std::string_view keyword, std::vector<std::string> KmodModule::*list,
                                bool name_first) const
{
    auto text = fmt::format("{}\n", title);
    for (const auto& module : modules_)
        for (const auto& word : module.*list)
            text += name_first ? fmt::format("{} {} {}\n", keyword, module.name, word)
                               : fmt::format("{} {} {}\n", keyword, word, module.name);
    return text;
}

KmodFile KmodDepmod::symbols(bool binary) const
{
    std::map<std::string_view, std::size_t> sorted;
    for (const auto& [name, owner] : owners_)
        if (owner.module) sorted.emplace(name, *owner.module);
    KmodFile file{binary ? "modules.symbols.bin" : "modules.symbols", "# Aliases for symbols, used by symbol_request().\n", binary};
    IndexTree tree;
    for (const auto& [name, owner] : sorted) {
        const auto& module = modules_[owner].name;
        if (binary) tree.insert(fmt::format("symbol:{}", name), module, static_cast<std::uint32_t>(owner));
        else file.contents += fmt::format("alias symbol:{} {}\n", name, module);
    }
    if (binary) file.contents = tree.file();
    return file;
}

/// Static device nodes: what `devname:`, `char-major-M-N` and `block-major-M-N` aliases of one module say.
KmodFile KmodDepmod::devices() const
{
    std::string text;
    for (const auto& module : modules_) {
        std::string device;
        char type = 0;
        unsigned major = 0, minor = 0;
        for (const auto& alias : module.aliases) {
            if (alias.starts_with("devname:")) device = alias.substr(std::string_view("devname:").size());
            if (std::sscanf(alias.c_str(), "char-major-%u-%u", &major, &minor) == 2) type = 'c';
            else if (std::sscanf(alias.c_str(), "block-major-%u-%u", &major, &minor) == 2) type = 'b';
            if (device.empty() || type == 0) continue;
            text += fmt::format("{} {} {}{}:{}\n", module.name, device, type, major, minor);
            break;
        }
        if (!device.empty() && type == 0)
            speech_.error(fmt::format("ERROR: Module '{}' has devname ({}) but lacks major and minor information. Ignoring.",
                                      module.name, device));
    }
    if (!text.empty()) text = "# Device nodes to trigger on-demand module loading.\n" + text;
    return {"modules.devname", text};
}

KmodFile KmodDepmod::built_in(bool aliases) const
{
    IndexTree tree;
    const auto name = std::string(aliases ? "modules.builtin.modinfo" : "modules.builtin");
    const auto text = read_conf_file(folder_ + "/" + name);
    if (!text) cannot_open(name);
    std::istringstream words(text.value_or(""));
    std::string word;
    while (std::getline(words, word, aliases ? '\0' : '\n')) {
        if (!aliases) {
            if (!word.empty()) tree.insert(kmod_name_of(word), "", 0);
            continue;
        }
        const auto dot = word.find('.'), equals = word.find('=');
        if (dot == word.npos || equals == word.npos || word.substr(dot + 1, equals - dot - 1) != "alias") continue;
        if (const auto key = normalized_alias(word.substr(equals + 1))) tree.insert(*key, word.substr(0, dot), 0);
    }
    return {aliases ? "modules.builtin.alias.bin" : "modules.builtin.bin", tree.file(), true};
}

std::vector<KmodFile> KmodDepmod::files() const
{
    std::vector<KmodFile> files;
    std::string dependencies;
    IndexTree dependency_tree, alias_tree;
    for (std::size_t index = 0; index < modules_.size(); ++index) {
        const auto line = dependency_line(index);
        dependencies += line + "\n";
        dependency_tree.insert(modules_[index].name, line, static_cast<std::uint32_t>(index));
        for (const auto& alias : modules_[index].aliases) {
            const auto key = normalized_alias(alias);
            if (!key) speech_.error(fmt::format("WARNING: Unmatched bracket in {}", alias));
            else if (!alias_tree.insert(*key, modules_[index].name, static_cast<std::uint32_t>(index)) && options_.warnings)
                speech_.error(fmt::format("WARNING: duplicate module alias:\n{} {}", *key, modules_[index].name));
        }
    }
    files.push_back({"modules.dep", dependencies});
    files.push_back({"modules.dep.bin", dependency_tree.file(), true});
    files.push_back(
        {"modules.alias", text_of("# Aliases extracted from modules themselves.", "alias", &KmodModule::aliases, false)});
    files.push_back({"modules.alias.bin", alias_tree.file(), true});
    files.push_back({"modules.softdep", text_of("# Soft dependencies extracted from modules themselves.", "softdep",
                                                &KmodModule::soft_dependencies, true)});
    files.push_back(symbols(false));
    files.push_back(symbols(true));
    files.push_back(built_in(false));
    files.push_back(built_in(true));
    files.push_back(devices());
    return files;
}

} // namespace retromod
