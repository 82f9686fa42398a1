// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/legacy/rmmod.h"

#include "loader/legacy/kernel_info.h"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_set>

namespace retromod {
namespace {

int remove_unused(ModuleCalls& calls, const Arch& arch, Messages& messages)
{
    const auto result = calls.delete_module(std::nullopt);
    if (!result.failed(arch)) return 0;
    messages.plain_error(fmt::format("rmmod: {}", error_text(result, arch)));
    return 1;
}

int remove_each(const std::vector<std::string>& names, ModuleCalls& calls, const Arch& arch, Messages& messages)
{
    int status = 0;
    for (const auto& name : names) {
        const auto result = calls.delete_module(name);
        if (!result.failed(arch)) continue;
        status = 1;
        if (result.error(arch) == Errno::enoent)
            messages.error(fmt::format("module {} is not loaded", name));
        else
            messages.plain_error(fmt::format("{}: {}", name, error_text(result, arch)));
    }
    return status;
}

/// Removes named modules and then those whose users all went: users are newer, so one walk in the kernel's order does.
int remove_stacks(const std::vector<std::string>& names, ModuleCalls& calls, const Arch& arch, Messages& messages)
{
    const auto info = get_kernel_info(calls, arch, {.users = true}, messages);
    if (!info) return 1;
    std::unordered_set<std::string_view> wanted;
    std::unordered_set<std::string_view> loaded;
    for (const auto& module : info->modules) loaded.insert(module.name);
    for (const auto& name : names) {
        if (loaded.contains(name))
            wanted.insert(name);
        else
            messages.error(fmt::format("module {} not loaded", name));
    }
    int status = messages.errors() != 0 ? 1 : 0;
    std::unordered_set<std::string_view> removed;
    for (const auto& module : info->modules) {
        const bool free =
            std::ranges::all_of(module.users, [&](const std::string& user) { return removed.contains(user); });
        const bool named = wanted.contains(module.name);
        if (!free && named) {
            messages.error(fmt::format("{} is in use", module.name));
            status = 1;
        }
        if (!free || (!named && module.users.empty())) continue;
        const auto result = calls.delete_module(module.name);
        if (!result.failed(arch)) {
            removed.insert(module.name);
            continue;
        }
        messages.error(fmt::format("{}: {}", module.name, error_text(result, arch)));
        status = 1;
    }
    return status;
}

} // namespace

int rmmod(const RmmodOptions& options, ModuleCalls& calls, const Arch& arch, const TextSinks& sinks)
{
    Messages messages(sinks, "rmmod");
    if (options.all) return remove_unused(calls, arch, messages);
    return options.stacks ? remove_stacks(options.names, calls, arch, messages)
                          : remove_each(options.names, calls, arch, messages);
}

} // namespace retromod
