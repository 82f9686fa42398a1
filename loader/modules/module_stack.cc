// SPDX-License-Identifier: GPL-2.0-or-later
// Which modules a request means, and in what order they are loaded or removed. Source: modutils 2.4 modprobe.c.
#include "loader/modules/module_stack.h"

#include "loader/modules/module_walk.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

constexpr unsigned most_aliases = 1000;
constexpr int deepest_stack = 128;
constexpr std::size_t most_steps = 200'000; ///< of one search; modutils would go on

/// Whether an alias for a device's path, with `*` and `?`, is for `name`. What stands behind a `*` does not count.
bool path_matches(std::string_view pattern, std::string_view name)
{
    std::size_t at = 0;
    while (at < pattern.size() && at < name.size() && pattern[at] != '*' && (pattern[at] == name[at] || pattern[at] == '?')) ++at;
    const bool at_star = at < pattern.size() && pattern[at] == '*';
    return at_star || (at == pattern.size() && at == name.size());
}

const NamedWords* options_of(const ModulesConf& conf, const std::string& name)
{
    return conf.options.find(name.starts_with('/') ? std::string_view(name) : module_key(name));
}

/// The word behind `-o`.
std::string given_name(const NamedWords& options)
{
    const auto found = std::ranges::find(options.words, "-o");
    return found == options.words.end() || found + 1 == options.words.end() ? std::string() : *(found + 1);
}

} // namespace

std::optional<std::string> StackBuilder::alias_of(const std::string& name) const
{
    if (!name.starts_with('/')) {
        const auto* row = conf_.aliases.find(module_key(name));
        if (!row || row->words.empty()) return std::nullopt;
        return row->words.front();
    }
    for (const auto& row : conf_.aliases.rows()) {
        if (!path_matches(row.name, name)) continue;
        if (row.words.empty() || row.words.front() == name) return std::nullopt; // alias /dev/xyz* /dev/xyz
        return row.words.front();
    }
    return std::nullopt;
}

std::optional<StackModule> StackBuilder::describe(const Step& step)
{
    StackModule module;
    if (!step.path.empty() && !(module.file = dep_.by_path(step.path))) return std::nullopt;
    unsigned aliases = 0;
    for (std::optional<std::string> name = step.name; name; name = step.aliases ? alias_of(*name) : std::nullopt) {
        module.key.clear();
        if (*name == "off") break;
        module.key = *name;
        module.names.push_back(*name);
        if (const auto* options = options_of(conf_, *name)) {
            if (!options->autoclean) module.autoclean = false;
            module.options.insert(module.options.begin(), options);
            if (module.kernel_name.empty()) module.kernel_name = given_name(*options);
        }
        if (++aliases > most_aliases) {
            speech_.complain(fmt::format("modprobe: alias loop detected on {}", step.name));
            break;
        }
    }
    if (module.kernel_name.empty()) module.kernel_name = module.key;
    if (!module.file && !module.key.empty()) module.file = dep_.by_key(module.key);
    if (!module.file && !module.key.empty() && module.key != step.name && expand_probe_(module.key)) module.key.clear();
    return module;
}

StackResult StackBuilder::build(const std::string& name, const std::string& path, Order order, Stack& stack)
{
    order_ = order;
    depth_ = 0;
    steps_ = 0;
    return add({.name = name, .path = path}, stack);
}

StackResult StackBuilder::refuse_depth(const Stack& stack) const
{
    std::string text = "modprobe: Too deep recursion in module dependencies!\nmodprobe: Circular dependency?";
    for (const auto& module : stack) text += " " + module.kernel_name;
    speech_.complain(text);
    return {StackResult::End::too_deep, {}};
}

StackResult StackBuilder::add_listed(const NamedList& list, const StackModule& module, const Step& step, Stack& stack)
{
    const bool is_above = &list == &conf_.above;
    for (const auto& name : module.names) {
        const auto* row = list.find(module_key(name));
        if (!row) continue;
        for (const auto& other : row->words) {
            if (is_above && std::ranges::find(stack, other, &StackModule::kernel_name) != stack.end()) continue;
            auto next = Step{.name = other, .reason = is_above ? StackModule::Reason::above : StackModule::Reason::below};
            next.above = is_above && !step.above ? module.kernel_name : step.above;
            if (auto result = add(next, stack); result.end != StackResult::End::found) return result;
        }
    }
    return {};
}

StackResult StackBuilder::add(const Step& step, Stack& stack)
{
    auto described = describe(step);
    if (!described) return {StackResult::End::unknown, step.name};
    if (described->kernel_name.empty()) return {StackResult::End::off, step.name};
    if (!described->file) return {StackResult::End::unknown, step.name};
    described->reason = step.reason;
    if (step.above && *step.above == described->kernel_name) return {}; // `above` leads back to it
    if (depth_ >= deepest_stack || ++steps_ > most_steps) return refuse_depth(stack);

    struct Depth {
        int& value;
        explicit Depth(int& depth) : value(depth) { ++value; }
        ~Depth() { --value; }
    } deeper(depth_);
    const auto module = *described;
    if (auto result = add_listed(conf_.above, module, step, stack); result.end != StackResult::End::found) return result;
    // One that is there already stands in the wrong place.
    const auto there = std::ranges::find(stack, module.kernel_name, &StackModule::kernel_name);
    if (there != stack.end()) stack.erase(there);
    stack.insert(order_ == Order::load ? stack.begin() : stack.end(), module);
    if (auto result = add_listed(conf_.below, module, step, stack); result.end != StackResult::End::found) return result;
    for (const auto& dependency : module.file->dependencies) {
        const Step next{.name = std::string(module_key(dependency)), .path = dependency, .aliases = false, .above = step.above};
        if (auto result = add(next, stack); result.end != StackResult::End::found) return result;
    }
    return {};
}

} // namespace retromod
