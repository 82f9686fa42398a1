// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/kmod/kmod.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>

namespace retromod {
namespace {

/// Why a module must not even be tried, or nothing. Source: check_module_inuse of tools/rmmod.c.
std::optional<std::string> refusal(const std::string& name, ModernCalls& calls)
{
    const auto folder = "/sys/module/" + name;
    if (!calls.read_file(folder + "/initstate")) {
        if (calls.list_folder(folder)) return fmt::format("Module {} is builtin.", name);
        return fmt::format("Module {} is not currently loaded", name);
    }
    if (const auto holders = calls.list_folder(folder + "/holders"); holders && !holders->empty())
        return fmt::format("Module {} is in use by: {}", name, fmt::join(*holders, " "));
    const auto count = calls.read_file(folder + "/refcnt");
    int references = 0;
    if (count) std::from_chars(count->data(), count->data() + count->size(), references);
    if (references > 0) return fmt::format("Module {} is in use", name);
    return std::nullopt;
}

} // namespace

int kmod_rmmod(const KmodRmmodOptions& options, ModernCalls& calls, const KmodSinks& sinks)
{
    const auto error = [&](std::string_view text) { sinks.err(fmt::format("rmmod: ERROR: {}\n", text)); };
    int status = 0;
    for (const auto& word : options.names) {
        const auto name = kmod_module_name(word);
        if (const auto said = options.force ? std::nullopt : refusal(name, calls)) {
            error(*said);
            status = 1;
            continue;
        }
        if (options.verbose) sinks.out(fmt::format("rmmod {}\n", name));
        const auto flags = modern_flag::nonblock | (options.force ? modern_flag::truncate : 0);
        const auto result = calls.delete_module(name, flags);
        if (!result.failed(calls.arch())) continue;
        const auto reason = result.error(calls.arch());
        // libkmod speaks first, as it does where Debian 12 has it.
        error(fmt::format("../libkmod/libkmod-module.c:856 kmod_module_remove_module() could not remove '{}': {}", name,
                          reason ? errno_text(*reason) : "Unknown error"));
        error(fmt::format("could not remove module {}: {}", name, reason ? errno_text(*reason) : "Unknown error"));
        status = 1;
    }
    return status;
}

} // namespace retromod
