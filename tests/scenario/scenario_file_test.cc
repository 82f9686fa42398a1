// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/scenario/scenario.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <functional>

using namespace retromod;
using nlohmann::json;

namespace {

/// Every kind of step, with all of its members.
json every_step()
{
    return json::parse(R"([
        {"op": "cap", "on": 1},
        {"op": "fail_alloc", "kind": "page", "nth": 3},
        {"op": "create", "name": "a", "size": "$H+300", "label": "first"},
        {"op": "init", "name": {"repeat": ["a", 1]}, "on_trap": [[{"op": "state"}, {"op": "mod_inc", "mod": "first"}], []],
         "image": {"len": "$H+300", "base": "first", "fields": {"size_of_struct": "$H", "name": "@+$H", "size": "$H+300"},
                   "body": [{"off": "$H", "str": "a"}, {"off": 110, "raw": "bc"}, {"off": 200, "hex": "cc31c0c3"},
                            {"off": 210, "fill": [144, 4]}, {"off": 220, "u32": [1, "@first+200"]},
                            {"off": 240, "code": ["a1", {"u32": "@+16"}, "c3"]}]}},
        {"op": "init", "name": "a", "image": {"bad": "unmapped"}},
        {"op": "query", "name": "a", "which": "INFO", "bufsize": 16, "buf": {"gap": [4, 8]}, "ret": {"mapped": 3}},
        {"op": "query", "name": null, "which": 4, "bufsize": 64, "buf": {"hole": 4}, "ret": "readonly"},
        {"op": "query", "name": {"unterminated": [97, 4]}, "which": 0, "bufsize": 0, "buf": {"readonly": 4}},
        {"op": "get_kernel_syms", "table": {"entries": 3}},
        {"op": "tweak", "mod": "first", "set": {"flags": 5}},
        {"op": "mod_dec", "mod": "first"},
        {"op": "peek", "at": "@first", "len": 8},
        {"op": "proc_modules", "tail": 4},
        {"op": "proc_ksyms", "chunk": 4},
        {"op": "kapi", "fn": "inter_module_register", "args": [{"str": "im"}, "@first", 7]},
        {"op": "delete", "name": null}
    ])");
}

json file_of(const json& steps)
{
    json group{{"versions", {"2.4.20"}}, {"outcome", "oops"}, {"results", {json::object()}}, {"corrupt_from", 0}};
    json scenario{{"id", "s"}, {"title", "t"}, {"tags", {"trap"}}, {"steps", steps}, {"expect", {group}}};
    return {{"format", "legacy-module-abi-vectors"}, {"format_version", 1}, {"scenarios", {scenario}}};
}

/// Calls `use` with a place in `whole` for each value in it, however deep.
void for_each_value(json& whole, json& at, const std::function<void(json&)>& use)
{
    use(at);
    if (!at.is_structured()) return;
    for (auto& part : at) for_each_value(whole, part, use);
}

std::string refusal(const json& file)
{
    try {
        parse_scenarios("f.json", file.dump());
    } catch (const ScenarioError& error) {
        return error.what();
    }
    return "";
}

} // namespace

TEST_CASE("a scenario file with every kind of step is taken", "[scenario][file]")
{
    const auto file = parse_scenarios("f.json", file_of(every_step()).dump());
    REQUIRE(file.scenarios.size() == 1);
    CHECK(file.warnings.empty());
    CHECK(file.scenarios[0].has_tag("trap"));
    const auto result = run_scenario(file.scenarios[0], *find_release("2.2.1"));
    CHECK_FALSE(result.expected);
    CHECK(result.results->size() == every_step().size());
}

TEST_CASE("a wrong value anywhere in a file is refused, or the scenario still runs", "[scenario][file]")
{
    const json replacements[] = {nullptr,
                                 true,
                                 -1,
                                 3.5,
                                 1e300,
                                 "",
                                 "@",
                                 "$H+",
                                 "\u0100",
                                 json::array(),
                                 json::object(),
                                 {1},
                                 {{"bad", "null"}},
                                 {{"op", "state"}},
                                 0xffffffffffffffffu};
    auto whole = file_of(every_step());
    std::size_t refused = 0, ran = 0;
    for_each_value(whole, whole, [&](json& place) {
        const auto good = place;
        for (const auto& replacement : replacements) {
            if (&place == &whole && replacement == good) continue;
            place = replacement;
            try {
                const auto file = parse_scenarios("f.json", whole.dump());
                for (const auto& scenario : file.scenarios) run_scenario(scenario, *find_release("2.4.20"));
                ++ran;
            } catch (const ScenarioError&) {
                ++refused;
            }
        }
        place = good;
    });
    CHECK(refused > 1000);
    CHECK(ran > 100);
}

TEST_CASE("a missing member is refused by name, with file, scenario and step", "[scenario][file]")
{
    auto steps = every_step();
    steps[2].erase("size");
    CHECK(refusal(file_of(steps)) == "f.json: scenario s: step 2: create: 'size' is missing");
    steps = every_step();
    steps[3]["on_trap"][0][1].erase("mod");
    CHECK(refusal(file_of(steps)) == "f.json: scenario s: step 3.1: mod_inc: 'mod' is missing");
    steps = every_step();
    steps[3]["image"]["body"][5]["code"][1]["u32"] = "later";
    CHECK(refusal(file_of(steps)) == "f.json: scenario s: step 3: init: image: body: [5]: code: [1]: u32: \"later\" is not a value "
                                     "(a number, or terms like \"@a+$H-4\")");
    steps = every_step();
    steps[0]["op"] = "reboot";
    CHECK(refusal(file_of(steps)) == "f.json: scenario s: step 0: there is no call 'reboot'");
}

TEST_CASE("results that do not fit the steps are refused", "[scenario][file]")
{
    auto file = file_of(every_step());
    file["scenarios"][0]["expect"][0]["outcome"] = "ok";
    CHECK(refusal(file) == "f.json: scenario s: 1 results for 16 steps, with outcome ok");
    file["scenarios"][0]["expect"][0]["outcome"] = "fine";
    CHECK(refusal(file) == "f.json: scenario s: there is no outcome 'fine'");
}

TEST_CASE("what is no scenario file is refused, not read as one", "[scenario][file]")
{
    const auto refused = [](const std::string& text) {
        try {
            parse_scenarios("f.json", text);
        } catch (const ScenarioError& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    CHECK(refused("") == "f.json: not JSON at byte 1");
    CHECK(refused("[]") == "f.json: not an object");
    CHECK(refused("{}") == "f.json: 'format' is missing");
    CHECK(refused(R"({"format":"legacy-module-abi-vectors","format_version":2})") == "f.json: 'format_version' is not 1");
    CHECK(refused(std::string(100'000, '[')) == "f.json: more than 64 lists and objects in each other");
    CHECK(refused("\"\xff\"") == "f.json: not JSON at byte 2");
    CHECK_THROWS_AS(load_scenarios("no/such/file.json"), std::system_error);
    CHECK_THROWS_AS(load_scenarios("tests"), std::system_error);
}

TEST_CASE("a member that means nothing gives a warning", "[scenario][file]")
{
    auto steps = every_step();
    steps[2]["lable"] = "x";
    const auto file = parse_scenarios("f.json", file_of(steps).dump());
    REQUIRE(file.warnings.size() == 1);
    CHECK(file.warnings[0] == "f.json: scenario s: step 2: 'lable' means nothing to create");
}
