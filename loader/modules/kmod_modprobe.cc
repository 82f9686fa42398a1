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

constexpr std::size_t longest_plan = 100'000; ///< modules; libkmod has no limit

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
    return alias_ ? alias_->find_matching(name) : std::vector<IndexValue>{};
}

std::vector<IndexValue> KmodIndexes::by_built_in_alias(const std::string& name) const
{
    return builtin_alias_ ? builtin_alias_->find_matching(name) : std::vector<IndexValue>{};
}

std::string KmodIndexes::alias_listing() const
{
    return (alias_ ? alias_->listing("alias") : std::string()) + (symbols_ ? symbols_->listing("alias") : std::string());
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

int KmodModprobe::not_found(std::string_view text)
{
    return refuse(fmt::format("{}: {}", options_.all ? "WARNING" : "FATAL", text));
}

std::vector<KmodModprobe::Found> KmodModprobe::by_configuration(const std::string& name) const
{
    std::vector<Found> found;
    for (const auto& alias : conf_.aliases)
        if (::fnmatch(alias.name.c_str(), name.c_str(), 0) == 0) found.push_back({.name = alias.text, .alias = alias.name});
    return found;
}

std::vector<KmodModprobe::Found> KmodModprobe::by_index(const std::vector<IndexValue>& values, const std::string& name) const
{
    std::vector<Found> found;
    for (const auto& value : values) found.push_back({.name = value.text, .alias = name});
    return found;
}

/// In the order of libkmod: the configuration's aliases, modules.dep, symbols, commands, aliases of modules, what is built in.
std::vector<KmodModprobe::Found> KmodModprobe::look_up(const std::string& given) const
{
    const auto name = underscored(given);
    if (auto found = by_configuration(name); !found.empty()) return found;
    if (indexes_.dependencies(name)) return {{.name = name}};
    if (auto found = by_index(indexes_.by_symbol(name), name); !found.empty()) return found;
    const auto has_line = [&](const auto& lines) { return std::ranges::find(lines, name, &ModprobeLine::name) != lines.end(); };
    if (has_line(conf_.installs) || has_line(conf_.removes)) return {{.name = name}};
    if (auto found = by_index(indexes_.by_alias(name), name); !found.empty()) return found;
    if (auto found = by_index(indexes_.by_built_in_alias(name), name); !found.empty()) {
        for (auto& module : found) module.built_in = true;
        return found;
    }
    if (indexes_.is_built_in(name) || actions_.is_built_in(name)) return {{.name = name, .built_in = true}};
    return {};
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

std::string KmodModprobe::options_of(const Found& module, const std::string& extra) const
{
    std::string text;
    for (const auto& line : conf_.options)
        if (line.name == module.name || (!module.alias.empty() && line.name == module.alias))
            text += (text.empty() ? "" : " ") + line.text;
    if (!text.empty()) text += ' '; // whether more follows or not
    return text + extra;
}

bool KmodModprobe::is_blacklisted(const std::string& module) const
{
    return std::ranges::find(conf_.blacklist, module) != conf_.blacklist.end();
}

const SoftDependency* KmodModprobe::soft_of(const std::string& module) const
{
    for (const auto& soft : soft_)
        if (::fnmatch(soft.name.c_str(), module.c_str(), 0) == 0) return &soft;
    return nullptr;
}

/// What a module needs, the module with its soft dependencies. What is needed comes as often as it is needed.
void KmodModprobe::add_to_plan(const Found& module, Required required, bool without_command, Plan& plan) const
{
    if (plan.order.size() > longest_plan || !plan.visited.insert(module).second) return;
    const auto needed = dependencies_of(module.name);
    if (required == Required::yes) {
        plan.required.insert(module);
        for (const auto& name : needed) plan.required.insert({.name = name});
    }
    for (const auto& name : needed) add_with_soft({.name = name}, plan);
    if (!without_command) return add_with_soft(module, plan);
    plan.order.push_back(module);
    plan.without_command.insert(module);
}

void KmodModprobe::add_with_soft(const Found& module, Plan& plan) const
{
    const auto* soft = soft_of(module.name);
    const auto found_of = [&](const std::vector<std::string>& names) {
        std::vector<Found> all;
        for (const auto& name : names)
            for (auto& found : look_up(name)) all.push_back(std::move(found));
        return all;
    };
    const auto before = soft ? found_of(soft->before) : std::vector<Found>{};
    const auto after = soft ? found_of(soft->after) : std::vector<Found>{};
    for (const auto& other : before) add_to_plan(other, Required::no, false, plan);
    plan.order.push_back(module);
    // A module with soft dependencies is inserted itself: its install line would do their work.
    if (before.empty() && after.empty()) plan.without_command.erase(module);
    else plan.without_command.insert(module);
    for (const auto& other : after) add_to_plan(other, Required::no, false, plan);
}

std::optional<Errno> KmodModprobe::do_step(const Plan& plan, const Found& module, const std::string& parameters)
{
    const auto path = path_of(module.name);
    const auto* command = plan.without_command.contains(module) ? nullptr : command_for(conf_.installs, module.name);
    if (!options_.show_depends && (module.built_in || actions_.is_loaded(module.name))) return Errno::eexist;
    const auto options = options_of(module, parameters);
    if (options_.show_depends || options_.verbose) {
        if (command) speech_.print(fmt::format("install {} {}", *command, options));
        else if (!path.empty()) speech_.print(fmt::format("insmod {} {}", path, options));
        else if (module.built_in || actions_.is_built_in(module.name)) speech_.print(fmt::format("builtin {}", module.name));
    }
    if (options_.dry_run || options_.show_depends) return std::nullopt;
    if (command) {
        auto text = *command;
        constexpr std::string_view place = "$CMDLINE_OPTS";
        for (std::size_t at = 0; (at = text.find(place, at)) != text.npos; at += options.size())
            text.replace(at, place.size(), options);
        const int status = actions_.run(module.name, text);
        if (status == 0) return std::nullopt;
        speech_.error(fmt::format("ERROR: ../libkmod/libkmod-module.c:1047 command_do() Error running install command '{}' for "
                                  "module {}: retcode {}", text, module.name, status));
        return Errno::einval;
    }
    if (path.empty()) {
        if (!options_.quiet)
            speech_.error(fmt::format("ERROR: ../libkmod/libkmod-module.c:895 kmod_module_insert_module() could not find module by "
                                      "name='{}'", module.name));
        return Errno::enoent;
    }
    return actions_.insert(path, options, options_.insert_flags);
}

int KmodModprobe::refuse_insert(const std::string& name, Errno error)
{
    const auto text = error == Errno::eexist   ? std::string("Module already in kernel")
                      : error == Errno::enoent ? std::string("Unknown symbol in module, or unknown parameter (see dmesg)")
                                               : std::string(errno_text(error));
    return refuse(fmt::format("ERROR: could not insert '{}': {}", name, text));
}

int KmodModprobe::insert_found(const Found& found, const std::string& parameters)
{
    if (!options_.show_depends && (found.built_in || actions_.is_loaded(found.name)))
        return options_.first_time ? refuse_insert(found.name, Errno::eexist) : 0;
    if ((options_.blacklist || !found.alias.empty()) && is_blacklisted(found.name)) return 0;
    Plan plan;
    add_to_plan(found, Required::yes, options_.ignore_commands, plan);
    for (const auto& module : plan.order) {
        const auto error = do_step(plan, module, module == found ? parameters : std::string());
        const bool was_there = error == Errno::eexist;
        if (was_there && module == found && options_.first_time) return refuse_insert(found.name, *error);
        if (error && !was_there && plan.required.contains(module)) return refuse_insert(found.name, *error);
    }
    return 0;
}

int KmodModprobe::insert_one(const std::string& name, const std::string& parameters)
{
    const auto found = look_up(name);
    if (found.empty()) return not_found(fmt::format("Module {} not found in directory {}", name, indexes_.folder()));
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
