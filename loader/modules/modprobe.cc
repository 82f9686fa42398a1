// SPDX-License-Identifier: GPL-2.0-or-later
// modprobe of modutils 2.4: loads modules with what they need. Source: modutils 2.4 modprobe.c.
#include "loader/modules/modprobe.h"

#include "loader/modules/module_walk.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace retromod {
namespace {

constexpr std::size_t most_insmod_words = 100;
constexpr std::size_t longest_shown_command = 2000;
constexpr int deepest_probe = 100; ///< lists that name each other; modutils has no limit

bool is_parameter(const std::string& word) { return word.find('=') != std::string::npos; }

/// Replaces the word of the same `name=`, or adds it.
void set_parameter(std::vector<std::string>& words, std::size_t first, const std::string& word)
{
    const auto key = word.substr(0, word.find('=') + 1);
    for (auto index = first; index < words.size(); ++index) {
        if (!words[index].starts_with(key)) continue;
        words[index] = word;
        return;
    }
    words.push_back(word);
}

/// The words of an `options` line: `-o NAME` and `name=value`; what else there is ends it.
void take_options(std::vector<std::string>& words, std::size_t first, const std::vector<std::string>& options)
{
    for (std::size_t index = 0; index < options.size(); ++index) {
        if (options[index] == "-o") {
            if (++index == options.size()) return;
            const auto old = std::find(words.begin() + static_cast<std::ptrdiff_t>(first), words.end(), "-o");
            if (old != words.end() && old + 1 != words.end()) {
                *(old + 1) = options[index];
            } else {
                words.push_back("-o");
                words.push_back(options[index]);
            }
        } else if (is_parameter(options[index])) {
            set_parameter(words, first, options[index]);
        } else {
            return;
        }
    }
}

std::string shown_command(const std::vector<std::string>& words)
{
    std::string text;
    for (std::size_t index = 0; index < words.size(); ++index) {
        if (text.size() + words[index].size() + 2 >= longest_shown_command)
            return text.substr(0, longest_shown_command - 5) + " ...";
        text += words[index];
        if (index + 1 != words.size()) text += ' ';
    }
    return text;
}

} // namespace

Modprobe::Modprobe(const ModprobeOptions& options, const ModulesConf& conf, const DepFile& dep, FindModules find,
                   ModprobeActions& actions, const Speech& speech)
    : options_(options), conf_(conf), dep_(dep), find_(std::move(find)), actions_(actions), speech_(speech),
      stacks_(conf, dep, [this](const std::string& name) { return expand_probe(name); }, speech)
{
    ask_kernel();
}

void Modprobe::say_verbose(std::string_view text) const
{
    if (options_.verbose) speech_.print(text);
}

void Modprobe::ask_kernel()
{
    in_kernel_.clear();
    if (const auto loaded = actions_.loaded())
        for (const auto& module : *loaded) in_kernel_.insert(module.name);
}

int Modprobe::load(const std::vector<std::string>& words)
{
    if (words.empty()) {
        speech_.error("Nothing to load ???\nSpecify at least a module or a wildcard like \\*");
        return 0;
    }
    return load_list(words, LoadAll{options_.all});
}

/// What an alias leads to, where it is the name of a list. As in modutils its failure counts as done.
bool Modprobe::expand_probe(const std::string& name)
{
    const auto* any = conf_.probe.find(name);
    const auto* all = any ? nullptr : conf_.probeall.find(name);
    if (!any && !all) return false;
    return load_list((any ? any : all)->words, LoadAll{all != nullptr}) != 0;
}

int Modprobe::load_list(const std::vector<std::string>& words, LoadAll all)
{
    if (++probe_depth_ > deepest_probe) {
        --probe_depth_;
        speech_.error("Too deep recursion in probe lists!");
        return modprobe_failed;
    }
    successes_ = 0;
    auto result = Probed::loaded;
    std::string name = words.empty() ? std::string() : words.front();
    std::string unknown;
    for (std::size_t index = 0; index < words.size(); ++index) {
        if (is_parameter(words[index])) continue;
        name = words[index];
        const auto end = std::find_if_not(words.begin() + static_cast<std::ptrdiff_t>(index) + 1, words.end(), is_parameter);
        const std::vector<std::string> parameters(words.begin() + static_cast<std::ptrdiff_t>(index) + 1, end);
        result = load_word(name, parameters, all, unknown);
        if (ended_ || (all == LoadAll::no && successes_ > 0)) break;
        ask_kernel();
    }
    --probe_depth_;
    if (ended_) return *ended_;
    if (successes_ > 0) return 0;
    if (result != Probed::unknown) speech_.error(fmt::format("insmod {} failed", name));
    else if (!unknown.empty() && unknown != name)
        speech_.error(fmt::format("Can't locate module {} which is needed for {}", unknown, name));
    else if (!options_.quiet) speech_.error(fmt::format("Can't locate module {}", name));
    return modprobe_failed;
}

Modprobe::Probed Modprobe::load_word(const std::string& name, const std::vector<std::string>& parameters, LoadAll all,
                                     std::string& unknown)
{
    const bool is_pattern = !options_.safe_mode && name.find_first_of(shell_letters) != std::string::npos;
    if (is_pattern || (!options_.type.empty() && probe_depth_ == 1)) return load_matching(name, parameters, all, unknown);
    const auto* any = conf_.probe.find(name);
    const auto* every = any ? nullptr : conf_.probeall.find(name);
    if (any || every)
        return load_list((any ? any : every)->words, LoadAll{every != nullptr}) == 0 ? Probed::loaded : Probed::failed;
    // One file of that name after the other, until one can be loaded.
    std::string path;
    for (;;) {
        const DepModule* tried = nullptr;
        const auto result = load_stack(name, path, parameters, tried, unknown);
        if (result == Probed::loaded || result == Probed::off) ++successes_;
        const auto* next = result == Probed::failed && tried && !ended_ ? dep_.next_of_key(*tried) : nullptr;
        if (!next) return result;
        path = next->path;
    }
}

Modprobe::Probed Modprobe::load_matching(const std::string& name, const std::vector<std::string>& parameters, LoadAll all,
                                         std::string& unknown)
{
    auto paths = name.find('/') != std::string::npos ? std::vector{name} : find_(name + ".o", options_.type);
    if (paths.empty()) paths = find_(name + ".o.gz", options_.type);
    if (paths.empty()) paths = find_(name, options_.type);
    auto result = Probed::unknown;
    std::set<std::string> seen; // of one name only the first
    for (const auto& path : paths) {
        if (!seen.insert(path.substr(path.rfind('/') + 1)).second) continue;
        const DepModule* tried = nullptr;
        result = load_stack(std::string(module_key(path)), path, parameters, tried, unknown);
        const bool success = result == Probed::loaded || result == Probed::off;
        if (success) ++successes_;
        if (ended_ || (success && all == LoadAll::no)) break;
    }
    return result;
}

Modprobe::Probed Modprobe::load_stack(const std::string& name, const std::string& path, const std::vector<std::string>& parameters,
                                      const DepModule*& tried, std::string& unknown)
{
    StackBuilder::Stack stack;
    const auto found = stacks_.build(name, path, StackBuilder::Order::load, stack);
    unknown = found.unknown;
    switch (found.end) {
    case StackResult::End::off: return Probed::off;
    case StackResult::End::unknown: return Probed::unknown;
    case StackResult::End::too_deep: ended_ = modprobe_aborted; return Probed::failed;
    case StackResult::End::found: break;
    }
    if (options_.debug)
        for (const auto& module : stack) dump(module);
    std::vector<const StackModule*> loaded;
    auto result = Probed::loaded;
    for (const auto& module : stack) {
        const bool asked_for = module.names.front() == name;
        if (asked_for) tried = module.file;
        if (result == Probed::failed) continue;
        const auto load = load_one(module, asked_for ? parameters : std::vector<std::string>{});
        if (load == Load::done) loaded.push_back(&module);
        if (ended_) return Probed::failed;
        if (load != Load::failed) continue;
        if (module.reason != StackModule::Reason::needed) continue; // what was pulled in may fail
        for (auto undo = loaded.rbegin(); undo != loaded.rend(); ++undo) unload((*undo)->kernel_name, *undo, Complains::no);
        result = Probed::failed;
    }
    return result;
}

const std::string* Modprobe::command_of(HookTime when, const std::string& name) const
{
    for (const auto& command : conf_.commands)
        if (command.when == when && command.module == module_key(name)) return &command.command;
    return nullptr;
}

Modprobe::HooksRun Modprobe::run_hooks(HookTime when, const std::vector<std::string>& names, Complains complains)
{
    HooksRun done;
    for (const auto& name : names) {
        const auto* command = command_of(when, name);
        if (!command) continue;
        ++done.count;
        say_verbose(fmt::format("# {} {}:\n{}", hook_word(when), name, *command));
        if (options_.no_run || actions_.run(*command) == 0) continue;
        if (complains == Complains::yes) speech_.error(fmt::format("{} {} failed", hook_word(when), name));
        done.ok = false;
        break;
    }
    return done;
}

std::optional<std::vector<std::string>> Modprobe::insmod_words(const StackModule& module,
                                                               const std::vector<std::string>& parameters) const
{
    std::vector<std::string> words{"/sbin/insmod"};
    if (options_.autoclean && module.autoclean) words.push_back("-k");
    if (options_.quiet) words.push_back("-q");
    if (options_.syslog) words.push_back("-s");
    for (auto& word : split_words(conf_.insmod_options, Quotes::keep)) words.push_back(std::move(word));
    words.push_back(module.file->path);
    const auto first = words.size();
    for (const auto* options : module.options) take_options(words, first, options->words);
    for (const auto& parameter : parameters) set_parameter(words, first, parameter);
    if (words.size() < most_insmod_words) return words;
    speech_.error("Too many arguments for insmod");
    return std::nullopt;
}

Modprobe::Load Modprobe::load_one(const StackModule& module, const std::vector<std::string>& parameters)
{
    if (module.key == "null" || (!options_.no_run && in_kernel_.contains(module.kernel_name))) return Load::there;
    if (!run_hooks(HookTime::pre_install, module.names, Complains::yes).ok) return Load::failed;
    const auto own = run_hooks(HookTime::install, module.names, Complains::yes);
    if (!own.ok) return Load::failed;
    int status = 0;
    if (own.count == 0) {
        const auto words = insmod_words(module, parameters);
        if (!words) {
            ended_ = modprobe_too_many_words;
            return Load::failed;
        }
        say_verbose(shown_command(*words));
        if (!options_.no_run) status = actions_.insmod(*words);
        if (status != 0 && !options_.quiet) speech_.error(fmt::format("insmod {} failed", module.file->path));
    }
    if (status == 0 && !run_hooks(HookTime::post_install, module.names, Complains::yes).ok) status = 1;
    ask_kernel();
    return status == 0 ? Load::done : Load::failed;
}

void Modprobe::dump(const StackModule& module) const
{
    constexpr std::string_view reasons[] = {"NORMAL", "ABOVE", "BELOW"};
    const std::string line(45, '=');
    auto text = fmt::format("{}\nModule {}\nkname {}\nobjkey {}\nnames: {}\n", line, module.names.front(), module.kernel_name,
                            module.key, fmt::join(module.names, " "));
    if (!module.options.empty()) {
        text += "options:";
        for (const auto* options : module.options)
            for (const auto& word : options->words) text += " " + word;
        text += "\n";
    }
    speech_.print(fmt::format("{}mode: {}\nModule matching {}: {}\n{}", text, reasons[static_cast<std::size_t>(module.reason)],
                              module.key, module.file ? module.file->path : "<none>", line));
}

} // namespace retromod
