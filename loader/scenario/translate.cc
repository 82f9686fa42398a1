// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/scenario/translate.h"

#include "loader/scenario/translate_results.h"

#include <nlohmann/json.hpp>

namespace retromod {

using nlohmann::json;

namespace {

/// The group that says what the release answers; null when none does.
const json* group_for(const json& scenario, const Release& release)
{
    const auto groups = scenario.find("expect");
    if (groups == scenario.end()) return nullptr;
    for (const auto& group : *groups)
        for (const auto& version : group["versions"])
            if (version == release.name) return &group;
    return nullptr;
}

} // namespace

Translation translate_scenario(const Scenario& scenario, const Release& release, const Arch& arch)
try {
    if (!LayoutSet(arch, release.layouts, false, Compiler::gcc_3).has("struct task_struct"))
        throw Untranslatable("no 2.2 or 2.4 kernel whose structures are known");
    if (!scenario.symbols.empty()) throw Untranslatable("images of i386 code, with symbols of its kernel");
    const auto& content = *scenario.content;
    StepTranslator steps(release, arch);
    auto translated = content;
    translated["steps"] = steps.steps(content["steps"]);
    translated["expect"] = json::array();
    if (const auto* found = group_for(content, release)) {
        auto group = *found;
        group["versions"] = {release.name};
        group["results"] = ResultTranslator(steps).results(content["steps"], group["results"]);
        translated["expect"].push_back(std::move(group));
    }
    Translation translation{scenario, {}};
    translation.scenario.arch = &arch;
    translation.scenario.content = std::make_shared<const json>(std::move(translated));
    return translation;
} catch (const Untranslatable& reason) {
    return {scenario, reason.what()};
}

void drop_untold(json& result)
{
    if (const auto header = result.find("hdr"); result.is_object() && header != result.end()) header->erase("gp");
    if (!result.is_structured()) return;
    for (auto& part : result) drop_untold(part);
}

} // namespace retromod
