// SPDX-License-Identifier: GPL-2.0-or-later
// retromod explain: does what insmod or rmmod would do on a copy of the machine, and says which check refused.
#include "loader/api/insmod_run.h"
#include "loader/explain/refusal.h"
#include "loader/tools/commands.h"
#include "loader/tools/fresh_machine.h"
#include "loader/tools/insmod_words.h"
#include "loader/tools/kmod_tools.h"
#include "loader/tools/options.h"
#include "loader/tools/sample.h"
#include "loader/tools/tool_session.h"

#include <fmt/format.h>

namespace retromod {
namespace {

int explain_unload(Session& session, const std::string& module)
{
    RefusalWatch watch(session);
    const auto result = watch.delete_module(module);
    for (const auto& line : watch.explanations()) fmt::print("{}\n", line);
    if (result.word == 0) fmt::print("delete_module: nothing refuses '{}'\n", module);
    return result.word == 0 ? 0 : exit_status::failure;
}

int explain_load(Session& session, const std::vector<std::string>& words)
{
    InsmodOptions options;
    options.file = words.front();
    options.arguments.assign(words.begin() + 1, words.end());
    RefusalWatch watch(session);
    const auto done = run_insmod(options, session, watch);
    for (const auto& line : done.report.explanations) fmt::print("{}\n", line);
    if (done.exit_status != 0)
        for (const auto& line : insmod_words(options, done.report, session)) fmt::print("{}: {}\n", options.file, line);
    for (const auto& line : watch.explanations()) fmt::print("{}\n", line);
    if (done.exit_status == 0) fmt::print("{}: nothing refuses it\n", options.file);
    return done.exit_status;
}

} // namespace

int explain_command(const Invocation& invocation)
{
    std::vector<std::string> words;
    Options options(invocation);
    options.rest("FILE [SYMBOL=VALUE...] | rmmod MODULE", words, "what insmod would be given; or `rmmod MODULE`");
    if (const auto status = options.parse()) return *status;
    const bool unload = !words.empty() && words.front() == "rmmod";
    if (!words.empty() && (unload || words.front() == "insmod")) words.erase(words.begin());
    if (words.empty()) {
        complain("explain: no module");
        return exit_status::usage;
    }
    if (!unload) words.front() = module_or_sample(invocation, words.front());
    if (is_modern_machine(invocation)) return kmod_explain(invocation, words, unload ? ExplainWhat::unload : ExplainWhat::load);
    const auto fresh = unload ? MachineOptions{} : fresh_machine(words.front());
    if (!fresh) return exit_status::failure;
    auto session = unload ? ToolSession(invocation, Purpose::look)
                          : ToolSession(invocation, Purpose::look, machine_to_look_at(invocation, *fresh));
    return run_in_session(session,
                          [&] { return unload ? explain_unload(*session, words.front()) : explain_load(*session, words); });
}

} // namespace retromod
