// SPDX-License-Identifier: GPL-2.0-or-later
// modprobe of kmod: which modules a name means, and how they are inserted. Source: kmod 30 tools/modprobe.c,
// libkmod/libkmod-module.c.
#include "loader/modules/kmod_modprobe.h"

#include "loader/modules/conf_lines.h"
#include "loader/modules/kmod_depmod.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fnmatch.h>
#include <sstream>

namespace retromod {
namespace {

constexpr int deepest_soft_dependency = 100;

std::optional<IndexFile> open_index(const FileTree& tree, const std::string& path)
{
    auto bytes = read_conf_file(tree.host(path));
    return bytes ? IndexFile::open(std::move(*bytes)) : std::nullopt;
}

std::string underscored(std::string_view name) { return normalized_alias(name).value_or(std::string(name)); }

} // namespace

KmodIndexes::KmodIndexes(const FileTree& tree, std::string folder)
    : tree_(tree), folder_(std::move(folder)), dep_(open_index(tree, folder_ + "/modules.dep.bin")),
      alias_(open_index(tree, folder_ + "/modules.alias.bin")), symbols_(open_index(tree, folder_ + "/modules.symbols.bin")),
      builtin_(open_index(tree, folder_ + "/modules.builtin.bin")),
      builtin_alias_(open_index(tree, folder_ + "/modules.builtin.alias.bin"))
{
}

std::optional<std::string> KmodIndexes::dependencies(const std::string& name) const
{
    if (!dep_) return std::nullopt;
    const auto values = dep_->find(name);
    return values.empty() ? std::nullopt : std::optional(values.front().text);
}

std::vector<IndexValue> KmodIndexes::by_symbol(const std::string& name) const
{
    return symbols_ && name.starts_with("symbol:") ? symbols_->find(name) : std::vector<IndexValue>{};
}

std::vector<IndexValue> KmodIndexes::by_alias(const std::string& name) const
{
    auto values = alias_ ? alias_->find_matching(name) : std::vector<IndexValue>{};
    if (values.empty() && builtin_alias_) values = builtin_alias_->find_matching(name);
    return values;
}

bool KmodIndexes::is_built_in(const std::string& name) const { return builtin_ && !builtin_->find(name).empty(); }

std::vector<SoftDependency> KmodIndexes::soft_dependencies() const
{
    const Speech silent{[](std::string_view) {}, [](std::string_view) {}, [](std::string_view) {}};
    return read_modprobe_conf(tree_, tree_.host(folder_ + "/modules.softdep"), "", silent).soft_dependencies;
}

std::string kmod_module_path(const KmodIndexes& indexes, const std::string& name)
{
    const auto line = indexes.dependencies(name);
    if (!line) return {};
    const auto path = line->substr(0, line->find(':'));
    return path.starts_with('/') ? path : fmt::format("{}/{}", indexes.folder(), path);
}

KmodModprobe::KmodModprobe(const KmodModprobeOptions& options, const ModprobeConf& conf, const KmodIndexes& indexes,
                           KmodActions& actions, const Speech& speech)
    : options_(options), conf_(conf), indexes_(indexes), actions_(actions), speech_(speech), soft_(conf.soft_dependencies)
{
    for (auto& soft : indexes.soft_dependencies()) soft_.push_back(std::move(soft));
}

int KmodModprobe::refuse(std::string_view text)
{
    if (!options_.quiet) speech_.error(text);
    return 1;
}

std::string KmodModprobe::path_of(const std::string& module) const { return kmod_module_path(indexes_, module); }

std::vector<KmodModprobe::Found> KmodModprobe::look_up(const std::string& given) const
{
    const auto name = underscored(given);
    std::vector<Found> found;
    const auto take = [&](const std::string& module, bool by_alias) {
        if (std::ranges::find(found, module, &Found::name) == found.end())
            found.push_back({module, indexes_.is_built_in(module), by_alias});
    };
    for (const auto& alias : conf_.aliases)
        if (::fnmatch(alias.name.c_str(), name.c_str(), 0) == 0) take(alias.text, true);
    if (!found.empty()) return found;
    if (indexes_.dependencies(name)) return {{name, false, false}};
    for (const auto& value : indexes_.by_symbol(name)) take(value.text, true);
    if (!found.empty()) return found;
    if (command_for(conf_.installs, name) || command_for(conf_.removes, name)) return {{name, false, false}};
    for (const auto& value : indexes_.by_alias(name)) take(value.text, true);
    if (found.empty() && (indexes_.is_built_in(name) || actions_.is_built_in(name))) found.push_back({name, true, false});
    return found;
}

std::vector<std::string> KmodModprobe::dependencies_of(const std::string& module) const
{
    const auto line = indexes_.dependencies(module);
    std::vector<std::string> names;
    if (!line) return names;
    std::istringstream words(line->substr(line->find(':') + 1));
    for (std::string word; words >> word;) names.insert(names.begin(), kmod_name_of(word)); // the farthest comes first
    return names;
}

const std::string* KmodModprobe::command_for(const std::vector<ModprobeLine>& lines, const std::string& module) const
{
    for (const auto& line : lines)
        if (::fnmatch(line.name.c_str(), module.c_str(), 0) == 0) return &line.text;
    return nullptr;
}

std::string KmodModprobe::options_of(const std::string& module, const std::string& extra) const
{
    std::string text;
    for (const auto& line : conf_.options)
        if (line.name == module) text += (text.empty() ? "" : " ") + line.text;
    if (!extra.empty()) text += (text.empty() ? "" : " ") + extra;
    return text;
}

bool KmodModprobe::is_blacklisted(const std::string& module) const
{
    return std::ranges::find(conf_.blacklist, module) != conf_.blacklist.end();
}

const SoftDependency* KmodModprobe::soft_of(const std::string& module) const
{
    const auto found = std::ranges::find(soft_, module, &SoftDependency::name);
    return found == soft_.end() ? nullptr : &*found;
}

/// What is loaded before a module, itself, and what after it.
void KmodModprobe::add_steps(const std::string& module, bool required, std::vector<Step>& steps, std::set<std::string>& seen,
                             int depth) const
{
    if (depth > deepest_soft_dependency || !seen.insert(module).second) return;
    const bool has_command = !options_.ignore_commands && command_for(conf_.installs, module);
    const auto* soft = has_command ? nullptr : soft_of(module);
    const auto add_soft = [&](const std::vector<std::string>& names) {
        for (const auto& name : names)
            for (const auto& found : look_up(name)) add_steps(found.name, false, steps, seen, depth + 1);
    };
    if (soft) add_soft(soft->before);
    if (!has_command)
        for (const auto& needed : dependencies_of(module)) add_steps(needed, required, steps, seen, depth + 1);
    steps.push_back({module, required});
    if (soft) add_soft(soft->after);
}

std::optional<Errno> KmodModprobe::do_step(const Step& step, const std::string& parameters)
{
    const auto path = path_of(step.name);
    const auto options = options_of(step.name, parameters);
    const auto* command = options_.ignore_commands ? nullptr : command_for(conf_.installs, step.name);
    const bool loaded = actions_.is_loaded(step.name);
    if (!options_.show_depends && !command && (loaded || path.empty())) return std::nullopt;
    if (options_.show_depends || options_.verbose) {
        if (command) speech_.print(fmt::format("install {} {}", *command, options));
        else if (path.empty()) speech_.print(fmt::format("builtin {}", step.name));
        else speech_.print(fmt::format("insmod {} {}", path, options));
    }
    if (options_.dry_run || options_.show_depends) return std::nullopt;
    if (command) {
        auto text = *command;
        constexpr std::string_view place = "$CMDLINE_OPTS";
        for (std::size_t at; (at = text.find(place)) != text.npos;) text.replace(at, place.size(), options);
        return actions_.run(text) == 0 ? std::nullopt : std::optional(Errno::einval);
    }
    const auto error = actions_.insert(path, options, options_.insert_flags);
    if (error == Errno::eexist && !options_.first_time) return std::nullopt;
    return error;
}

int KmodModprobe::insert_found(const Found& found, const std::string& parameters)
{
    if (found.built_in) {
        if (options_.show_depends) speech_.print(fmt::format("builtin {}", found.name));
        if (options_.first_time && !options_.show_depends)
            return refuse(fmt::format("ERROR: could not insert '{}': Module already in kernel", found.name));
        return 0;
    }
    const bool filtered = options_.blacklist || found.by_alias;
    if (filtered && is_blacklisted(found.name)) return 0;
    if (!options_.show_depends && actions_.is_loaded(found.name)) {
        if (!options_.first_time) return 0;
        return refuse(fmt::format("ERROR: could not insert '{}': Module already in kernel", found.name));
    }
    std::vector<Step> steps;
    std::set<std::string> seen;
    add_steps(found.name, true, steps, seen, 0);
    for (const auto& step : steps) {
        const auto error = do_step(step, step.name == found.name ? parameters : std::string());
        if (!error || !step.required) continue;
        const auto text = *error == Errno::eexist   ? std::string("Module already in kernel")
                          : *error == Errno::enoent ? std::string("Unknown symbol in module, or unknown parameter (see dmesg)")
                                                    : std::string(errno_text(*error));
        return refuse(fmt::format("ERROR: could not insert '{}': {}", found.name, text));
    }
    return 0;
}

int KmodModprobe::insert_one(const std::string& name, const std::string& parameters)
{
    const auto found = look_up(name);
    if (found.empty()) return refuse(fmt::format("FATAL: Module {} not found in directory {}", name, indexes_.folder()));
    int status = 0;
    for (const auto& module : found) {
        if (options_.resolve) {
            speech_.print(module.name);
            continue;
        }
        status = std::max(status, insert_found(module, parameters));
    }
    return status;
}

int KmodModprobe::insert(const std::vector<std::string>& words)
{
    int status = 0;
    if (options_.all) {
        for (const auto& name : words) status = std::max(status, insert_one(name, ""));
        return status;
    }
    std::string parameters;
    for (std::size_t index = 1; index < words.size(); ++index) {
        // A value with blanks goes in quotes, as the kernel wants it.
        const auto equals = words[index].find('=');
        const bool quote = equals != std::string::npos && words[index].find(' ', equals) != std::string::npos;
        parameters += parameters.empty() ? "" : " ";
        parameters +=
            quote ? fmt::format("{}\"{}\"", words[index].substr(0, equals + 1), words[index].substr(equals + 1)) : words[index];
    }
    return insert_one(words.front(), parameters);
}

} // namespace retromod
