// SPDX-License-Identifier: GPL-2.0-or-later
// modprobe -r of kmod. Source: kmod 30 tools/modprobe.c.
#include "loader/modules/kmod_modprobe.h"

#include "loader/modules/kmod_depmod.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

constexpr int deepest = 100;
constexpr std::uint32_t nonblock = 04000, truncate = 01000; // of delete_module: include/uapi/asm-generic/fcntl.h

} // namespace

int KmodModprobe::remove_module(const std::string& name, bool asked_for, int depth)
{
    if (depth > deepest) return 1;
    const auto* command = options_.ignore_commands ? nullptr : command_for(conf_.removes, name);
    if (command) {
        if (options_.verbose || options_.dry_run) speech_.print(fmt::format("remove {}", *command));
        if (options_.dry_run || actions_.run(name, *command) == 0) return 0;
        return refuse(fmt::format("FATAL: Error running remove command for {}", name));
    }
    if (!actions_.is_loaded(name)) {
        if (actions_.is_built_in(name) || indexes_.is_built_in(name))
            return not_found(fmt::format("Module {} is builtin.", name));
        if (asked_for && options_.first_time) return not_found(fmt::format("Module {} is not in kernel.", name));
        return 0;
    }
    const auto* soft = soft_of(name);
    if (soft)
        for (const auto& other : soft->after) remove_module(normalized_alias(other).value_or(other), false, depth + 1);
    if (options_.remove_holders)
        for (const auto& holder : actions_.holders(name)) remove_module(holder, false, depth + 1);
    if (!actions_.is_loaded(name)) return 0; // it went with a holder that alone needed it
    if (!options_.force_removal && actions_.references(name) + static_cast<std::int64_t>(actions_.holders(name).size()) > 0) {
        if (!asked_for) return 0;
        return not_found(fmt::format("Module {} is in use.", name));
    }
    if (options_.verbose || options_.dry_run) speech_.print(fmt::format("rmmod {}", name));
    if (!options_.dry_run) {
        const auto error = actions_.remove(name, nonblock | (options_.force_removal ? truncate : 0));
        if (error && (asked_for || *error != Errno::ebusy)) {
            if (*error == Errno::eexist) return refuse(fmt::format("ERROR: could not remove '{}': Module is not in kernel.", name));
            return refuse(fmt::format("ERROR: could not remove '{}': {}", name, errno_text(*error)));
        }
    }
    // What it alone needed goes, too.
    auto needed = dependencies_of(name);
    std::ranges::reverse(needed);
    for (const auto& other : needed)
        if (actions_.is_loaded(other) && !command_for(conf_.removes, other)) remove_module(other, false, depth + 1);
    if (soft)
        for (const auto& other : soft->before) remove_module(normalized_alias(other).value_or(other), false, depth + 1);
    return 0;
}

int KmodModprobe::remove_one(const std::string& name)
{
    const auto found = look_up(name);
    if (found.empty()) return not_found(fmt::format("Module {} not found.", name));
    int status = 0;
    for (const auto& module : found) status = std::max(status, remove_module(module.name, true, 0));
    return status;
}

int KmodModprobe::remove(const std::vector<std::string>& names)
{
    int status = 0;
    for (const auto& name : names) status = std::max(status, remove_one(name));
    return status;
}

} // namespace retromod
