// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/scenario/modern_scenario.h"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <map>
#include <set>

using namespace retromod;

namespace {

ScenarioFile vectors()
{
    const std::string path = "tests/vectors-modern/vectors.json";
    std::ifstream stream(path);
    return parse_modern_scenarios(path, std::string(std::istreambuf_iterator<char>(stream), {}));
}

/// Where our results differ, each for the reason in docs/fidelity.md.
const std::map<std::string, std::set<std::string>> known_differences = {
    {"6.1",
     {"rel-type-none", "rel-info-max", "rel-info0", "sh-text-nobits", "sh-data-align1099511627776", "sy-link-shstr", "sysfs-ls"}},
    {"6.12", {"rel-type-none", "rel-info-max", "rel-info0", "sh-text-nobits", "sy-link-shstr", "sysfs-ls", "tm-name-56"}},
};

/// The rows of docs/fidelity.md, "The scenarios that differ": id, releases.
std::map<std::string, std::set<std::string>> documented_differences()
{
    std::ifstream stream("docs/fidelity.md");
    std::map<std::string, std::set<std::string>> found;
    bool there = false;
    for (std::string line; std::getline(stream, line);) {
        if (line.starts_with("#")) there = line == "### The scenarios that differ";
        const auto end = line.find("` | ");
        if (!there || !line.starts_with("| `") || end == std::string::npos) continue;
        const auto on = line.substr(end + 4, line.find(" |", end + 4) - end - 4);
        for (const auto* release : {"6.1", "6.12"})
            if (on == release || (", " + on + ",").find(std::string(" ") + release + ",") != std::string::npos)
                found[release].insert(line.substr(3, end - 3));
    }
    return found;
}

} // namespace

TEST_CASE("docs/fidelity.md names exactly the scenarios that differ, with their releases", "[scenario][modern][docs]")
{
    CHECK(documented_differences() == known_differences);
}

TEST_CASE("every measured scenario of the modern ABI has the real kernel's results, but for those of docs/fidelity.md",
          "[scenario][modern][vectors]")
{
    const auto file = vectors();
    CHECK(file.scenarios.size() == 637);
    const ModernBases bases;
    for (const auto& [name, differing] : known_differences) {
        for (const auto& scenario : file.scenarios) {
            const auto result = run_modern_scenario(scenario, *find_release(name), bases);
            std::string text;
            for (const auto& difference : result.differences)
                text += "step " + std::to_string(difference.step) + " (" + difference.call + "): expected " + difference.expected +
                        ", got " + difference.got + "\n";
            INFO(scenario.id << " on " << name << " " << result.broke << "\n" << text);
            CHECK(result.passed == !differing.contains(scenario.id));
        }
    }
}
