// SPDX-License-Identifier: GPL-2.0-or-later
// Scenario files of comparisons; docs/comparison.md describes them.
#include "emu/machine/host_text.h"
#include "loader/comparison/comparison.h"
#include "loader/scenario/json_sentence.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace retromod {
namespace {

using Json = nlohmann::json;

/// A fault of the file, with the place in words.
struct Fault : std::runtime_error {
    using std::runtime_error::runtime_error;
};

void only_members(const Json& object, std::initializer_list<std::string_view> known)
{
    if (!object.is_object()) throw Fault("is no object");
    for (const auto& member : object.items())
        if (std::ranges::find(known, member.key()) == known.end())
            throw Fault(fmt::format("'{}' means nothing here", member.key()));
}

std::string text_of(const Json& object, const char* member, const char* otherwise = nullptr)
{
    const auto found = object.find(member);
    if (found == object.end()) {
        if (otherwise) return otherwise;
        throw Fault(fmt::format("'{}' is missing", member));
    }
    if (!found->is_string()) throw Fault(fmt::format("'{}' is no text", member));
    return found->get<std::string>();
}

bool flag_of(const Json& object, const char* member)
{
    const auto found = object.find(member);
    if (found == object.end()) return false;
    if (!found->is_boolean()) throw Fault(fmt::format("'{}' is neither true nor false", member));
    return found->get<bool>();
}

std::vector<std::string> texts_of(const Json& object, const char* member)
{
    std::vector<std::string> texts;
    const auto found = object.find(member);
    if (found == object.end()) return texts;
    if (!found->is_array()) throw Fault(fmt::format("'{}' is no list", member));
    for (const auto& item : *found) {
        if (!item.is_string()) throw Fault(fmt::format("'{}' holds something that is no text", member));
        texts.push_back(item.get<std::string>());
    }
    return texts;
}

std::string from_hex(const std::string& hex)
{
    std::string bytes;
    if (hex.size() % 2) throw Fault("hex with an odd number of digits");
    for (std::size_t at = 0; at < hex.size(); at += 2) {
        if (!std::isxdigit(static_cast<unsigned char>(hex[at])) || !std::isxdigit(static_cast<unsigned char>(hex[at + 1])))
            throw Fault(fmt::format("'{}' is no hex", hex));
        bytes += static_cast<char>(std::stoi(hex.substr(at, 2), nullptr, 16));
    }
    return bytes;
}

/// Where the file's modules are.
struct Folder {
    std::filesystem::path scenario;
    std::array<std::string, 2> patterns; ///< "../built/i386/{}.o"

    std::string path(Side side, const std::string& name) const
    {
        auto path = patterns[index_of(side)];
        const auto hole = path.find("{}");
        if (hole == std::string::npos) throw Fault("'modules' has no {} for the name");
        path.replace(hole, 2, name);
        return (scenario / path).lexically_normal().string();
    }
};

ImageChange read_change(const Json& json)
{
    only_members(json, {"truncate", "patch", "hex", "replace", "with"});
    ImageChange change;
    if (json.contains("truncate")) {
        if (!json["truncate"].is_number_integer()) throw Fault("'truncate' is no integer");
        change.number = json["truncate"].get<std::int64_t>();
    } else if (json.contains("patch")) {
        if (!json["patch"].is_number_unsigned()) throw Fault("'patch' is no offset");
        change.kind = ImageChange::Kind::patch;
        change.number = json["patch"].get<std::int64_t>();
        change.bytes = from_hex(text_of(json, "hex"));
    } else {
        change.kind = ImageChange::Kind::replace;
        change.from = text_of(json, "replace");
        change.bytes = text_of(json, "with");
        if (change.from.empty() || change.from.size() != change.bytes.size())
            throw Fault(fmt::format("'{}' and '{}' are not of one length", change.from, change.bytes));
    }
    return change;
}

ComparedModule read_module(const Json& json, const char* member, Side side, const Folder& folder)
{
    ComparedModule module{folder.path(side, text_of(json, member)), {}};
    if (const auto changes = json.find("change"); changes != json.end()) {
        if (!changes->is_array()) throw Fault("'change' is no list");
        for (const auto& change : *changes) module.changes.push_back(read_change(change));
    }
    return module;
}

ComparedArgument read_argument(const Json& json, Side side, const Folder& folder)
{
    using Kind = ComparedArgument::Kind;
    ComparedArgument argument;
    if (json.is_null()) argument.kind = Kind::null;
    else if (json.is_number_integer()) argument.number = json.get<std::int64_t>();
    else if (json.is_string()) {
        argument.kind = Kind::text;
        argument.text = json.get<std::string>();
    } else if (json.contains("bad")) {
        only_members(json, {"bad"});
        const auto bad = text_of(json, "bad");
        if (bad != "unmapped" && bad != "kernel") throw Fault(fmt::format("'bad': '{}' is neither unmapped nor kernel", bad));
        argument.kind = bad == "kernel" ? Kind::kernel : Kind::unmapped;
    } else if (json.contains("repeat")) {
        only_members(json, {"repeat"});
        const auto& repeat = json["repeat"];
        constexpr std::size_t most = 1 << 20;
        if (!repeat.is_array() || repeat.size() != 2 || !repeat[0].is_string() || !repeat[1].is_number_unsigned()
            || repeat[1] > most)
            throw Fault("'repeat' is no [text, how often]");
        argument.kind = Kind::text;
        for (std::size_t count = repeat[1]; count; --count) argument.text += repeat[0].get<std::string>();
    } else {
        only_members(json, {"image", "length", "change"});
        argument.kind = json.contains("image") ? Kind::image : Kind::length;
        argument.module = read_module(json, json.contains("image") ? "image" : "length", side, folder);
    }
    return argument;
}

ComparedAction read_action(const Json& json, Side side, const Folder& folder)
{
    using Kind = ComparedAction::Kind;
    only_members(json, {"insmod", "rmmod", "lsmod", "cat", "write", "call", "capability", "args", "force", "change"});
    ComparedAction action;
    unsigned kinds = 0;
    const auto is = [&](const char* member, Kind kind) {
        if (!json.contains(member)) return false;
        action.kind = kind;
        ++kinds;
        return true;
    };
    if (is("insmod", Kind::insmod)) action.module = read_module(json, "insmod", side, folder);
    if (is("rmmod", Kind::rmmod)) action.word = text_of(json, "rmmod");
    if (is("cat", Kind::cat)) action.word = text_of(json, "cat");
    if (is("write", Kind::write)) action.word = text_of(json, "write");
    if (is("lsmod", Kind::lsmod) && !flag_of(json, "lsmod")) throw Fault("'lsmod' is true, or not there");
    if (is("capability", Kind::capability)) action.on = flag_of(json, "capability");
    if (is("call", Kind::call)) {
        action.word = text_of(json, "call");
        if (const auto words = json.find("args"); words != json.end()) {
            if (!words->is_array() || words->size() > 6) throw Fault("'args' is no list of up to six");
            for (const auto& word : *words) action.words.push_back(read_argument(word, side, folder));
        }
    } else {
        action.arguments = texts_of(json, "args");
    }
    if (kinds != 1) throw Fault("it is to do one thing: insmod, rmmod, lsmod, cat, write, call or capability");
    if (action.kind != Kind::capability) action.on = flag_of(json, "force");
    return action;
}

constexpr std::array<const char*, 2> side_names = {"old", "new"};

/// "expect": [old result, new result]; null where a side does nothing.
std::optional<std::string> expected_of(const Json& step, Side side)
{
    const auto found = step.find("expect");
    if (found == step.end()) return std::nullopt;
    if (!found->is_array() || found->size() != both_sides.size()) throw Fault("'expect' is no list of two results");
    const auto& expected = (*found)[index_of(side)];
    if (expected.is_null()) return std::nullopt;
    if (!expected.is_string()) throw Fault("'expect' holds something that is no text");
    return expected.get<std::string>();
}

/// A step's members are both sides'; what a side has under its own name comes on top, null there: it does nothing.
ComparedStep read_step(const Json& json, const Folder& folder)
{
    if (!json.is_object()) throw Fault("is no object");
    ComparedStep step;
    step.title = text_of(json, "title", "");
    for (const auto side : both_sides) {
        auto own = json;
        for (const char* member : {"old", "new", "title", "expect"}) own.erase(member);
        if (const auto extra = json.find(side_names[index_of(side)]); extra != json.end()) {
            if (extra->is_null()) continue;
            own.update(*extra);
        }
        step.actions[index_of(side)] = read_action(own, side, folder);
        if (const auto expected = expected_of(json, side)) step.actions[index_of(side)].expected = expected;
    }
    return step;
}

ComparedMachine read_machine(const Json& json)
{
    only_members(json, {"release", "arch", "command_line", "configuration"});
    ComparedMachine machine{text_of(json, "release"), text_of(json, "arch", ""), text_of(json, "command_line", ""), {}};
    if (const auto rows = json.find("configuration"); rows != json.end())
        for (const auto& row : rows->items()) {
            if (!row.value().is_boolean()) throw Fault(fmt::format("configuration '{}' is neither true nor false", row.key()));
            machine.configuration.emplace_back(row.key(), row.value().get<bool>());
        }
    return machine;
}

ComparisonScenario read_scenario(const Json& json, const Folder& folder)
{
    only_members(json, {"id", "title", "text", "old", "new", "steps"});
    ComparisonScenario scenario{text_of(json, "id"), text_of(json, "title"), text_of(json, "text", ""), {}, {}, {}};
    for (const auto side : both_sides) {
        const auto* name = side_names[index_of(side)];
        scenario.machines[index_of(side)] =
            read_machine(json.value(name, Json{{"release", side == Side::older ? "2.4.20" : "6.1"}}));
    }
    const auto steps = json.find("steps");
    if (steps == json.end() || !steps->is_array() || steps->empty()) throw Fault("it has no steps");
    for (std::size_t number = 0; number < steps->size(); ++number) {
        try {
            scenario.steps.push_back(read_step((*steps)[number], folder));
        } catch (const Fault& fault) {
            throw Fault(fmt::format("step {}: {}", number + 1, fault.what()));
        }
    }
    return scenario;
}

std::vector<ComparisonScenario> read_all(const Json& json, const std::filesystem::path& folder)
{
    only_members(json, {"format", "format_version", "modules", "scenarios"});
    if (text_of(json, "format") != "retromod-comparisons" || json.value("format_version", 0) != 1)
        throw Fault("is no file of comparisons (format retromod-comparisons, format_version 1)");
    Folder modules{folder, {}};
    if (json.contains("modules"))
        for (const auto side : both_sides) modules.patterns[index_of(side)] = text_of(json["modules"], side_names[index_of(side)]);
    if (!json.contains("scenarios") || !json["scenarios"].is_array()) throw Fault("'scenarios' is no list");
    std::vector<ComparisonScenario> scenarios;
    for (const auto& scenario : json["scenarios"]) {
        try {
            scenarios.push_back(read_scenario(scenario, modules));
        } catch (const Fault& fault) {
            const auto id = scenario.is_object() ? text_of(scenario, "id", "?") : "?";
            throw Fault(fmt::format("scenario '{}': {}", id, fault.what()));
        }
    }
    return scenarios;
}

} // namespace

std::vector<ComparisonScenario> read_comparisons(const std::string& path)
{
    const auto text = read_host_text(path);
    try {
        auto scenarios = read_all(Json::parse(text), std::filesystem::path(path).parent_path());
        for (auto& scenario : scenarios) scenario.group = std::filesystem::path(path).stem();
        return scenarios;
    } catch (const Json::exception& fault) {
        throw std::runtime_error(fmt::format("{}: {}", path, json_sentence(fault)));
    } catch (const Fault& fault) {
        throw std::runtime_error(fmt::format("{}: {}", path, fault.what()));
    }
}

} // namespace retromod
