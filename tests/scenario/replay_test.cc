// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/scenario/replay.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <sstream>

using namespace retromod;
using nlohmann::json;

namespace {

struct Replayed {
    ReplayTotals totals;
    std::string out, errors;
};

Replayed replay_of(ReplayOptions options, std::vector<std::string> files)
{
    if (options.releases.empty())
        for (const auto& release : releases()) options.releases.push_back(&release);
    std::ostringstream out, errors;
    const auto totals = replay(options, files, out, errors);
    return {totals, out.str(), errors.str()};
}

} // namespace

TEST_CASE("replay counts a scenario once for each release it has results for", "[scenario][replay]")
{
    const auto all = replay_of({}, {"tests/vectors/create.json"});
    CHECK(all.totals.failed == 0);
    const auto one = replay_of({{find_release("2.4.0")}, {}, ReplayFormat::text}, {"tests/vectors/create.json"});
    CHECK(one.totals.passed * 5 == all.totals.passed);
    CHECK(one.out == std::to_string(one.totals.passed) + " passed, 0 failed\n");
}

TEST_CASE("replay shows step, expected and got of a run that differs, and fails it", "[scenario][replay]")
{
    const auto result = replay_of({}, {"tests/scenario/data/differs.json"});
    CHECK(result.totals.passed == 1);
    CHECK(result.totals.failed == 1);
    CHECK(result.out == "tests/scenario/data/differs.json: empty-name on 2.4.20: step 0 (create ): expected {\"ret\":\"ENOENT\"}, "
                        "got {\"ret\":\"EINVAL\"}\n1 passed, 1 failed\n");
    const auto report = json::parse(replay_of({{}, {}, ReplayFormat::json}, {"tests/scenario/data/differs.json"}).out);
    CHECK(report["failed"] == 1);
    CHECK(report["runs"][1]["differences"][0]["got"]["ret"] == "EINVAL");
}

TEST_CASE("replay passes a scenario that the real kernel did not survive where we break with it, and names the break",
          "[scenario][replay]")
{
    const auto result = replay_of({{}, {"fatal"}, ReplayFormat::text}, {"tests/vectors/init-deps.json", "tests/vectors/kapi.json"});
    CHECK(result.totals.failed == 0);
    CHECK(result.out.find("passed; the real kernel: bug; here: step ") != std::string::npos);
}

TEST_CASE("an error may be expected by any of its names, on every architecture", "[scenario][replay]")
{
    for (const auto* arch : {"i386", "mips", "alpha"}) {
        INFO(arch);
        const auto file = load_scenarios("tests/scenario/data/errno_names.json");
        for (const auto& scenario : file.scenarios) {
            const auto result = run_scenario(scenario, *find_release("2.4.20"), *find_arch(arch));
            INFO(scenario.id);
            CHECK(result.passed);
        }
    }
}

TEST_CASE("replay goes on behind a file that it cannot use", "[scenario][replay]")
{
    const auto result = replay_of({}, {"tests/scenario/data/broken.json", "no-such-file.json", "tests/scenario/data/differs.json"});
    CHECK(result.totals.unusable == 2);
    CHECK(result.totals.passed == 1);
    CHECK(result.errors == "tests/scenario/data/broken.json: scenario s: step 1: delete: 'name' is missing\n"
                           "no-such-file.json: No such file or directory\n");
}

TEST_CASE("a callback that never ends is a diagnosed hang, not ours", "[scenario][replay]")
{
    const auto file = load_scenarios("tests/scenario/data/endless.json");
    for (const auto& scenario : file.scenarios) {
        const auto result = run_scenario(scenario, *find_release("2.4.20"));
        INFO(scenario.id << ": " << result.broke);
        CHECK(result.passed);
        CHECK(result.broke.find("hang: ") != std::string::npos);
    }
}
