// SPDX-License-Identifier: GPL-2.0-or-later
// modprobe -r of modutils 2.4: removes modules with what only they needed. Source: modutils 2.4 modprobe.c.
#include "loader/modules/modprobe.h"
#include "loader/modules/module_walk.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

// Bits of struct module's flags. Source: include/linux/module.h.
constexpr std::uint64_t autoclean_flag = 4;
constexpr std::uint64_t visited_flag = 8;
constexpr std::uint64_t used_once_flag = 16;

constexpr int deepest_probe = 100;

} // namespace

bool Modprobe::unload(const std::string& name, const StackModule* module, Complains complains)
{
    const auto names = module ? module->names : std::vector{name};
    const auto loaded = actions_.loaded();
    if (!loaded) return false;
    const auto found = std::ranges::find(*loaded, name, &LoadedModule::name);
    if (found == loaded->end()) return true; // an easy job
    if (found->referenced || found->use_count != 0) {
        last_error_ = "Device or resource busy";
        return false;
    }
    const auto says = options_.quiet ? Complains::no : complains;
    bool ok = run_hooks(HookTime::pre_remove, names, says).ok;
    unsigned commands = 0;
    for (const auto& each : names) {
        const auto* command = ok ? command_of(HookTime::remove, name) : nullptr;
        if (!command) continue;
        ++commands;
        say_verbose(fmt::format("# remove {}:\n{}", each, *command));
        if (options_.no_run || actions_.run(*command) == 0) continue;
        if (says == Complains::yes) speech_.error(fmt::format("remove {} failed", each));
        ok = false;
    }
    if (ok && commands == 0) {
        say_verbose(fmt::format("# delete {}", name));
        if (!options_.no_run) {
            const auto error = actions_.remove(name);
            ok = error.empty();
            if (!ok) last_error_ = error;
            if (!ok && says == Complains::yes) speech_.complain(fmt::format("{}: {}", name, error));
        }
    }
    if (ok) ok = run_hooks(HookTime::post_remove, names, says).ok;
    ask_kernel();
    return ok;
}

bool Modprobe::remove_probed(const NamedWords& list, int depth)
{
    if (depth > deepest_probe) return false;
    bool ok = true;
    for (const auto& name : list.words) {
        const auto* any = conf_.probe.find(module_key(name));
        const auto* inner = any ? any : conf_.probeall.find(module_key(name));
        ok = (inner ? remove_probed(*inner, depth + 1) : remove_stack(name)) && ok;
    }
    return ok;
}

bool Modprobe::remove_stack(const std::string& word)
{
    const std::string name(module_key(word));
    const auto* any = conf_.probe.find(name);
    if (const auto* list = any ? any : conf_.probeall.find(name)) return remove_probed(*list, 0);
    StackBuilder::Stack stack;
    const auto found = stacks_.build(name, {}, StackBuilder::Order::remove, stack);
    if (options_.debug)
        for (const auto& module : stack) dump(module);
    if (found.end == StackResult::End::too_deep) {
        ended_ = modprobe_aborted;
        return false;
    }
    if (found.end == StackResult::End::off) return true;
    if (found.end != StackResult::End::found) return unload(name, nullptr, Complains::yes); // nothing is known of it: try
    bool ok = true;
    for (const auto& module : stack) {
        if (!in_kernel_.contains(module.kernel_name)) continue;
        const bool wanted = module.kernel_name == name;
        if (!unload(module.kernel_name, &module, Complains{wanted}) && wanted) ok = false;
    }
    return ok;
}

int Modprobe::remove(const std::vector<std::string>& names)
{
    int failures = 0;
    for (const auto& name : names) {
        last_error_ = "Success";
        if (remove_stack(name)) continue;
        ++failures;
        if (!options_.quiet) speech_.complain(fmt::format("{}: {}", name, last_error_));
    }
    return failures;
}

int Modprobe::sweep()
{
    const auto loaded = actions_.loaded();
    if (!loaded) return 1;
    int status = 0;
    for (const auto& module : *loaded) {
        const bool unused = (module.flags & autoclean_flag) && !(module.flags & visited_flag) &&
                            (module.flags & used_once_flag) && !module.referenced && module.use_count == 0;
        if (unused) status = unload(module.name, nullptr, Complains::no) ? 0 : modprobe_failed;
    }
    say_verbose("# autoclean");
    if (options_.no_run) return status;
    const auto error = actions_.remove(std::nullopt);
    if (error.empty()) return status;
    speech_.complain(fmt::format("rmmod: {}", error));
    return 1;
}

} // namespace retromod
