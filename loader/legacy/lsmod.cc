// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/legacy/lsmod.h"

#include "loader/legacy/kernel_info.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace retromod {
namespace {

// Bits of struct module's flags. Source: include/linux/module.h.
constexpr std::uint64_t running = 1;
constexpr std::uint64_t deleted = 2;
constexpr std::uint64_t autoclean = 4;
constexpr std::uint64_t used_once = 16;
constexpr std::uint64_t initializing = 64;

std::string taint_text(const LoaderSystem::Taint& taint)
{
    if (taint.state == LoaderSystem::Taint::State::absent) return {};
    if (taint.value == 0) return "Not tainted";
    const auto letter = [&](unsigned bit, char set, char clear) { return taint.value & bit ? set : clear; };
    return fmt::format("Tainted: {}{}{}", letter(1, 'P', 'G'), letter(2, 'F', ' '), letter(4, 'S', ' '));
}

std::string state_text(std::uint64_t flags)
{
    if (flags & deleted) return " (deleted)";
    if (flags & initializing) return " (initializing)";
    if (!(flags & running)) return " (uninitialized)";
    return fmt::format("{}{}", flags & autoclean ? " (autoclean)" : "", flags & used_once ? "" : " (unused)");
}

} // namespace

int lsmod(ModuleCalls& calls, const LoaderSystem& system, const TextSinks& sinks)
{
    Messages messages(sinks, "lsmod");
    messages.print("Module                  Size  Used by    " + taint_text(system.taint()));
    const auto info = get_kernel_info(calls, system.arch(), {.users = true}, messages);
    if (!info) return 1;
    for (const auto& module : info->modules) {
        const auto users = module.users.empty() ? std::string() : fmt::format(" [{}]", fmt::join(module.users, " "));
        messages.print(fmt::format("{:<20}{:>8}{:>4} {}{}", module.name, module.size, module.use_count,
                                   state_text(module.flags), users));
    }
    return 0;
}

} // namespace retromod
