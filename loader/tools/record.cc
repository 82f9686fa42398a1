// SPDX-License-Identifier: GPL-2.0-or-later
// retromod record: the system calls of modutils commands on a fresh machine, or steps that are there already, as scenarios
// with results. docs/scenarios.md describes the files.
#include "emu/kernel/boot_options.h"
#include "emu/kernel/symbols.h"
#include "emu/machine/host_text.h"
#include "loader/api/session.h"
#include "loader/api/temporary_folder.h"
#include "loader/elf/constants.h"
#include "loader/elf/elf_file.h"
#include "loader/elf/module_file.h"
#include "loader/scenario/runner.h"
#include "loader/scenario/scenario_writer.h"
#include "loader/scenario/session_recorder.h"
#include "loader/tools/commands.h"
#include "loader/tools/options.h"
#include "loader/tools/release_choice.h"
#include "loader/tools/scenario_jail.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace retromod {
namespace {

using nlohmann::ordered_json;
using Words = std::vector<std::string>;

constexpr std::array<std::string_view, 4> recordable = {"insmod", "rmmod", "lsmod", "ksyms"};

/// What the user wants recorded.
struct RecordChoice {
    std::string out;
    std::string id = "recorded";
    std::string title;
    std::optional<std::string> steps; ///< a scenario file
    std::vector<const Release*> releases;
    std::vector<Words> commands;
};

/// Splits at each "--"; empty parts are dropped.
std::vector<Words> split(const Words& words)
{
    std::vector<Words> parts(1);
    for (const auto& word : words) {
        if (word == "--") parts.emplace_back();
        else parts.back().push_back(word);
    }
    std::erase_if(parts, [](const Words& part) { return part.empty(); });
    return parts;
}

void write_file(const std::string& path, const std::string& text)
{
    errno = 0;
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    if (!file) throw std::system_error(errno ? errno : EIO, std::generic_category(), path);
}

/// The names that the module file asks the kernel for; none when it is no module file.
Words imports_of(const std::string& path)
{
    Words names;
    const auto file = read_module_file(path);
    if (!file) return names;
    const auto object = ElfFile::open(file->bytes);
    if (!object) return names;
    for (const auto& section : object->sections()) {
        if (section.type != elf::sht_symtab) continue;
        const auto symbols = object->symbols(section);
        if (!symbols) continue;
        for (const auto& symbol : *symbols)
            if (symbol.section == elf::shn_undef && symbol.index) names.emplace_back(symbol.name);
    }
    return names;
}

/// What the module files among the arguments import and the kernel has.
Words offered_symbols(const RecordChoice& choice, const Release& release)
{
    auto session = Session::in_memory(scenario_machine(release));
    Words offered;
    for (const auto& command : choice.commands) {
        for (const auto& word : command) {
            for (const auto& name : imports_of(word)) {
                const bool known = std::ranges::find(offered, name) != offered.end();
                if (!known && session.kernel().symbols().address(without_version(name))) offered.push_back(name);
            }
        }
    }
    if (offered.empty()) offered.emplace_back("printk"); // a kernel without any symbol there never was
    return offered;
}

/// Runs the commands on a machine of their own. Returns the exit status of the last that failed, else 0.
int run_commands(const RecordChoice& choice, const Invocation& invocation, const std::string& machine, SessionRecorder& recorder)
{
    int status = 0;
    for (const auto& words : choice.commands) {
        auto inner = invocation;
        inner.name = words.front();
        inner.arguments.assign(words.begin() + 1, words.end());
        inner.machine = machine;
        inner.recorder = &recorder;
        if (const int failed = find_command(inner.name)->run(inner)) status = failed;
        recorder.end_command();
    }
    return status;
}

/// Gives `scenario` its results, through the check of a file of it.
void expect(ordered_json& scenario, const RecordChoice& choice, const Arch& arch)
{
    const auto file = parse_scenarios(choice.out, scenario_file_text({&scenario, 1}, arch));
    scenario["expect"] = fresh_expectations(file.scenarios.front(), choice.releases);
}

/// Writes what was recorded, once its replay gives what the session saw.
int write_session(const RecordChoice& choice, const SessionRecorder& recorder, const Release& release)
{
    auto scenario = recorder.scenario(choice.id, choice.title);
    const auto file = parse_scenarios(choice.out, scenario_file_text({&scenario, 1}));
    if (const auto difference = recorder.difference(run_scenario(file.scenarios.front(), release))) {
        complain(fmt::format("record: nothing was written: {}", *difference));
        return exit_status::failure;
    }
    expect(scenario, choice, i386());
    write_file(choice.out, scenario_file_text({&scenario, 1}));
    return 0;
}

int record_commands(const RecordChoice& choice, const Invocation& invocation)
{
    const auto& release = *choice.releases.front();
    BootOptions boot;
    for (const auto& name : offered_symbols(choice, release)) boot.only_symbols.push_back({name, {}});
    const TemporaryFolder folder;
    const auto machine = (folder.path() / "machine").string();
    auto fresh = std::make_unique<Session>(Session::boot(machine, scenario_machine(release), boot));
    std::vector<std::pair<std::string, GuestAddr>> symbols;
    for (const auto& symbol : boot.only_symbols)
        symbols.emplace_back(symbol.name, *fresh->kernel().symbols().address(without_version(symbol.name)));
    SessionRecorder recorder(fresh->arch(), std::move(symbols));
    fresh->commit();
    fresh.reset();

    const int status = run_commands(choice, invocation, machine, recorder);
    const int written = in_jail(invocation, [&] { return write_session(choice, recorder, release); });
    return written ? written : status;
}

int record_steps(const RecordChoice& choice)
{
    const auto checked = load_scenarios(*choice.steps);
    auto scenarios = ordered_json::parse(read_host_text(*choice.steps))["scenarios"].get<std::vector<ordered_json>>();
    const auto& arch = checked.scenarios.empty() ? i386() : *checked.scenarios.front().arch;
    for (auto& scenario : scenarios) expect(scenario, choice, arch);
    write_file(choice.out, scenario_file_text(scenarios, arch));
    return 0;
}

/// Why that cannot be recorded, if it cannot.
std::optional<std::string> problem_of(const RecordChoice& choice)
{
    if (choice.steps.has_value() == !choice.commands.empty()) return "either --steps FILE, or commands behind --";
    if (!choice.steps && choice.releases.size() != 1) return "commands are run on one release";
    for (const auto& command : choice.commands)
        if (std::ranges::find(recordable, command.front()) == recordable.end())
            return fmt::format("'{}' cannot be recorded; {} can", command.front(), fmt::join(recordable, ", "));
    return std::nullopt;
}

} // namespace

int record_command(const Invocation& invocation)
{
    auto own = invocation;
    const auto commands = std::ranges::find(own.arguments, "--");
    RecordChoice choice;
    choice.commands = split({commands, own.arguments.end()});
    own.arguments.erase(commands, own.arguments.end());
    std::string release = "2.4.20";
    Options options(own);
    options.value("--release", release, "whose answers; with --steps also all")
        .value("--steps", choice.steps, "do the steps of this scenario file again, instead of commands")
        .value("--id", choice.id, "what the scenario is called")
        .value("--title", choice.title, "a sentence about it")
        .positional("OUT", choice.out, "file to write; commands follow, each behind a --: insmod foo.o -- rmmod foo")
        .usage_tail("-- COMMAND [ARGUMENT...] [-- COMMAND...]");
    if (const auto status = options.parse()) return *status;
    const auto releases = chosen_releases(release);
    if (!releases) {
        complain(fmt::format("record: '{}' is no 2.2 or 2.4 release", release));
        return exit_status::usage;
    }
    choice.releases = *releases;
    if (const auto problem = problem_of(choice)) {
        complain("record: " + *problem);
        return exit_status::usage;
    }
    try {
        return choice.steps ? in_jail(invocation, [&] { return record_steps(choice); }) : record_commands(choice, invocation);
    } catch (const ScenarioError& error) {
        complain(fmt::format("record: {}", error.what()));
        return exit_status::failure;
    }
}

} // namespace retromod
