// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/comparison/comparison_sources.h"

#include "loader/comparison/comparison_side.h"
#include "loader/compile/module_build.h"

#include <map>

namespace retromod {
namespace {

class Sources {
public:
    Sources(std::span<const std::string> flags, const std::filesystem::path& folder) : flags_(flags), folder_(folder) {}

    void build(ComparedModule& module, const ComparedMachine& machine)
    {
        if (!is_source(module.path)) return;
        auto& built = built_[{module.path, machine.release, machine.arch}];
        // Each in a folder of its own: what insmod calls the module is the file's name.
        if (built.empty())
            built = build_module(module.path, machine_options(machine), flags_, folder_ / std::to_string(built_.size())).string();
        module.path = built;
    }

private:
    struct Key {
        std::string source, release, arch;
        auto operator<=>(const Key&) const = default;
    };
    std::span<const std::string> flags_;
    const std::filesystem::path& folder_;
    std::map<Key, std::string> built_;
};

} // namespace

bool is_source(const std::string& path) { return path.ends_with(".c"); }

void build_sources(std::vector<ComparisonScenario>& scenarios, std::span<const std::string> flags,
                   const std::filesystem::path& folder)
{
    Sources sources(flags, folder);
    for (auto& scenario : scenarios)
        for (auto& step : scenario.steps)
            for (const auto side : both_sides) {
                const auto& machine = scenario.machines[index_of(side)];
                auto& action = step.actions[index_of(side)];
                sources.build(action.module, machine);
                for (auto& word : action.words) sources.build(word.module, machine);
            }
}

} // namespace retromod
