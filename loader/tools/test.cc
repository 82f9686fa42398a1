// SPDX-License-Identifier: GPL-2.0-or-later
// retromod test FOLDER: the scenario files of a folder and its scripts with expected text, as one run of tests.
#include "emu/machine/host_text.h"
#include "loader/api/temporary_folder.h"
#include "loader/tools/commands.h"
#include "loader/tools/host_program.h"
#include "loader/tools/names_folder.h"
#include "loader/tools/progress.h"
#include "loader/tools/result_options.h"
#include "loader/tools/terminal.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace retromod {
namespace {

namespace fs = std::filesystem;

struct Choice {
    std::string folder;
    std::vector<std::string> filters;
    std::uint64_t seconds = 120;
    bool update = false;
    ResultOptions results;
};

/// The tests of a folder, by name: scenario files, and scripts.
std::vector<fs::path> files_of(const Choice& choice)
{
    if (!fs::is_directory(choice.folder)) throw std::runtime_error(choice.folder + ": no folder");
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(choice.folder)) {
        const auto name = entry.path().filename().string();
        const bool is_test = entry.path().extension() == ".json" || entry.path().extension() == ".sh";
        const bool is_chosen = choice.filters.empty() || std::ranges::any_of(choice.filters, [&](const std::string& word) {
                                   return name.find(word) != name.npos;
                               });
        if (is_test && is_chosen && entry.is_regular_file()) files.push_back(entry.path());
    }
    std::ranges::sort(files);
    return files;
}

std::string first_line(const std::string& text)
{
    return text.substr(0, text.find('\n'));
}

TestCase failed(const fs::path& file, const std::string& name, const std::string& message, const std::string& detail = {})
{
    TestCase test;
    test.suite = file.filename();
    test.name = name;
    test.state = TestCase::State::failed;
    test.message = message;
    test.detail = detail;
    test.file = file;
    return test;
}

/// A scenario file is replayed, or compared, by this program itself: its results come as TAP.
std::vector<TestCase> run_scenarios(const fs::path& file, const Choice& choice)
{
    const bool is_comparison = read_host_text(file).find("\"retromod-comparisons\"") != std::string::npos;
    HostProgram program;
    program.words = {"/proc/self/exe", is_comparison ? "compare" : "replay", "--tap", file};
    program.seconds = static_cast<double>(choice.seconds);
    const auto end = run_host_program(program);
    if (end.timed_out) return {failed(file, "time", fmt::format("not done after {} s", choice.seconds))};
    auto cases = read_tap(end.out, file.filename());
    if (!cases || cases->empty() || (end.status && !count_of(*cases, TestCase::State::failed)))
        return {failed(file, "file", end.err.empty() ? fmt::format("exit status {}", end.status) : first_line(end.err), end.err)};
    for (auto& test : *cases)
        test.file = file;
    return std::move(*cases);
}

void replace_all(std::string& text, const std::string& from, std::string_view to)
{
    for (std::size_t at = 0; (at = text.find(from, at)) != text.npos; at += to.size())
        text.replace(at, from.size(), to);
}

/// What a script prints and returns, as `.expected` has it. It works in an empty folder that is called FOLDER in the text.
std::string transcript(const fs::path& script, const Choice& choice)
{
    const TemporaryFolder scratch;
    const auto folder = fs::canonical(scratch.path()).string();
    const auto* path = std::getenv("PATH");
    const bool for_bash = first_line(read_host_text(script)).find("bash") != std::string::npos;
    HostProgram program;
    program.words = {for_bash ? "bash" : "sh", fs::absolute(script)};
    program.folder = folder;
    program.seconds = static_cast<double>(choice.seconds);
    const auto own = fs::read_symlink("/proc/self/exe").parent_path().string();
    program.environment = {{"PATH", fmt::format("{}:{}:{}", names_folder(), own, path ? path : "/usr/bin:/bin")},
                           {"HOME", folder},
                           {"LC_ALL", "C"},
                           {"RETROMOD_MACHINE", folder + "/machine"},
                           {"TESTS", fs::absolute(choice.folder).lexically_normal()}};
    auto end = run_host_program(program);
    for (auto* text : {&end.out, &end.err}) {
        replace_all(*text, folder, "FOLDER");
        if (!text->empty() && !text->ends_with('\n')) *text += "\n";
    }
    return fmt::format("== stdout\n{}== stderr\n{}== exit status {}\n", end.out, end.err,
                       end.timed_out ? fmt::format("none after {} s", choice.seconds) : std::to_string(end.status));
}

TestCase run_script(const fs::path& script, const Choice& choice)
{
    const auto begun = std::chrono::steady_clock::now();
    const auto kept = fs::path(script).replace_extension(".expected");
    const auto got = transcript(script, choice);
    TestCase test;
    test.suite = test.file = script;
    test.suite = script.filename();
    test.name = "prints and returns what is expected";
    test.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    if (choice.update) {
        std::ofstream file(kept);
        file << got << std::flush;
        if (!file) throw std::runtime_error(kept.string() + ": cannot be written");
        return test;
    }
    if (!fs::exists(kept)) return failed(script, test.name, fmt::format("{} is missing: --update writes it", kept.string()), got);
    const auto expected = read_host_text(kept);
    if (got == expected) return test;
    std::istringstream left(expected), right(got);
    std::string wanted, line;
    for (std::size_t number = 1;; ++number) {
        const bool more = static_cast<bool>(std::getline(left, wanted)), there = static_cast<bool>(std::getline(right, line));
        if (more && there && wanted == line) continue;
        return failed(script, test.name,
                      fmt::format("{}:{}: expected '{}', got '{}'", kept.filename().string(), number, more ? wanted : "the end",
                                  there ? line : "the end"),
                      got);
    }
}

void show(const TestCase& test)
{
    constexpr std::string_view words[] = {"ok     ", "FAILED ", "skipped"};
    constexpr Colour colours[] = {Colour::green, Colour::red, Colour::yellow};
    const auto state = static_cast<std::size_t>(test.state);
    fmt::print("{} {}: {}{}{}\n", coloured(words[state], colours[state], stdout), test.suite, test.name,
               test.message.empty() ? "" : ": ", test.message);
    std::fflush(stdout);
}

} // namespace

int test_command(const Invocation& invocation)
{
    Choice choice;
    Options options(invocation);
    choice.results.declare(options);
    options
        .positional("FOLDER", choice.folder,
                    "a folder of scenario files (.json) and scripts (.sh) with what they print (.expected)")
        .values("--filter", choice.filters, "only files with this in their name; may be given several times")
        .value("--seconds", choice.seconds, "limit of the host's time for one file")
        .flag("--update", choice.update, "write what the scripts print now to their .expected");
    if (const auto status = options.parse()) return *status;
    const auto files = files_of(choice);
    if (files.empty()) {
        complain(fmt::format("test: {} has no scenario file and no script{}", choice.folder,
                             choice.filters.empty() ? "" : " of that name"));
        return exit_status::failure;
    }
    std::vector<TestCase> cases;
    Progress progress(files.size());
    for (const auto& file : files) {
        auto done = file.extension() == ".sh" ? std::vector{run_script(file, choice)} : run_scenarios(file, choice);
        progress.hide();
        if (!choice.results.tap()) std::ranges::for_each(done, show);
        cases.insert(cases.end(), done.begin(), done.end());
        progress.advance(file.filename().string());
    }
    progress.hide();
    if (!choice.results.tap())
        fmt::print("{} passed, {} failed, {} skipped\n", count_of(cases, TestCase::State::passed),
                   count_of(cases, TestCase::State::failed), count_of(cases, TestCase::State::skipped));
    choice.results.write(cases);
    return count_of(cases, TestCase::State::failed) ? exit_status::failure : 0;
}

} // namespace retromod
