// SPDX-License-Identifier: GPL-2.0-or-later
// What modprobe does, done to the machine of a session.
#include "loader/tools/modprobe_session.h"

#include "loader/legacy/kernel_info.h"
#include "loader/tools/insmod_options.h"
#include "loader/tools/tool_voice.h"

#include <fmt/format.h>

namespace retromod {

std::optional<std::vector<LoadedModule>> SessionActions::loaded()
{
    Messages messages(sinks_, "modprobe");
    const auto info = get_kernel_info(calls_, session_.arch(), {.users = true}, messages);
    if (!info) return std::nullopt;
    std::vector<LoadedModule> modules;
    for (const auto& module : info->modules)
        modules.push_back({module.name, module.use_count, module.flags, !module.users.empty()});
    return modules;
}

int SessionActions::insmod(const std::vector<std::string>& words)
{
    auto invocation = invocation_;
    invocation.name = "insmod";
    invocation.arguments.assign(words.begin() + 1, words.end());
    auto line = read_insmod_options(invocation);
    if (!line) return exit_status::failure;
    give_home(line->options, home_, OwnerCheck{!line->any_owner}, speech_);
    ToolVoice own("insmod", ToSyslog{line->syslog}); // its lines stand under its own name there
    const auto status = run_insmod(line->options, session_, calls_, line->syslog ? own.sinks() : sinks_).exit_status;
    own.flush(session_.kernel());
    return status;
}

std::string SessionActions::remove(std::optional<std::string> name)
{
    const auto result = calls_.delete_module(name ? std::optional<std::string_view>(*name) : std::nullopt);
    return result.failed(session_.arch()) ? error_text(result, session_.arch()) : std::string();
}

int SessionActions::run(const std::string& command)
{
    if (runner_) return runner_->run(session_, command);
    speech_.complain(fmt::format("modprobe: not run (--run-commands runs it): {}", command));
    return 0;
}

} // namespace retromod
