// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace retromod {

/// The two kernels of a comparison, by their place in it.
enum class Side : std::uint8_t { older, newer };
constexpr std::array<Side, 2> both_sides = {Side::older, Side::newer};
constexpr std::size_t index_of(Side side) { return static_cast<std::size_t>(side); }

/// A change to a module's image before it is given to the loader.
struct ImageChange {
    enum class Kind : std::uint8_t {
        truncate, ///< to `number` bytes; negative: so many are cut off
        patch,    ///< `bytes` at offset `number`
        replace,  ///< each `from` by `bytes`, of the same length
    } kind = Kind::truncate;
    std::int64_t number = 0;
    std::string from, bytes;
};

/// A module file as a step uses it.
struct ComparedModule {
    std::string path;
    std::vector<ImageChange> changes;
};

/// What one argument of a raw call is.
struct ComparedArgument {
    enum class Kind : std::uint8_t {
        number, text, null,
        unmapped, ///< a user address where nothing is
        kernel,   ///< an address of the kernel's
        image,    ///< a module's bytes, in user memory
        length,   ///< how many those are
    } kind = Kind::number;
    std::int64_t number = 0;
    std::string text;
    ComparedModule module;
};

/// What one side does in a step.
struct ComparedAction {
    enum class Kind : std::uint8_t { nothing, insmod, rmmod, lsmod, cat, call, capability, write } kind = Kind::nothing;
    ComparedModule module;              ///< insmod
    std::string word;                   ///< rmmod: a name; cat, write: a path; call: a system call's name
    std::vector<std::string> arguments; ///< insmod: parameters; write: the text
    std::vector<ComparedArgument> words;///< call
    bool on = false;                    ///< insmod, rmmod: forced; capability: there
    std::optional<std::string> expected;///< the result: "0", "EEXIST", "no call"
};

struct ComparedStep {
    std::string title;
    std::array<ComparedAction, 2> actions; ///< by Side
};

/// What machine a side has.
struct ComparedMachine {
    std::string release;
    std::string arch;          ///< empty: the release's own
    std::string command_line;
    std::vector<std::pair<std::string, bool>> configuration;
};

struct ComparisonScenario {
    std::string id, title;
    std::string text; ///< what is to be seen in it, for people
    std::array<ComparedMachine, 2> machines;
    std::vector<ComparedStep> steps;
    std::string group = "modules"; ///< the scenarios that it stands with: its file's name without .json
};

/// What a side's part of a step came to.
struct StepColumn {
    std::vector<std::string> did;   ///< the command line, and the system calls that it made, with their results
    std::vector<std::string> said;  ///< what the program printed
    std::string checked;            ///< who decided, by which check
    std::string result; ///< of the call that decided: "0", "EEXIST", a number; "no call"; "" when there was nothing to do
    std::vector<std::string> log;   ///< the kernel's lines, with levels
    std::vector<std::string> state; ///< the modules afterwards, and the kernel's taint
};

/// What the line of a state begins with that tells the kernel's taint.
constexpr std::string_view taint_mark = "tainted: ";

/// A row of the two columns.
struct ColumnRow {
    std::string_view name; ///< "user", "says", "check", "result", "log", "state"
    std::vector<std::string> (*lines)(const StepColumn&);
};
std::span<const ColumnRow> column_rows();

struct ComparisonStepReport {
    std::string title;
    std::array<StepColumn, 2> columns;
    std::array<bool, 2> as_expected = {true, true};
    std::array<std::string, 2> expected = {}; ///< where the scenario says what it expects
};

struct ComparisonReport {
    std::string id, title, text;
    std::array<std::string, 2> machines; ///< "2.4.20 on i386"
    std::vector<ComparisonStepReport> steps;
    std::string group; ///< as the scenario has it

    bool expects() const; ///< whether the scenario says what is right
    bool passed() const;  ///< as expected; where nothing is expected, whether results, modules and use counts are the same
};

/// Whether the two columns differ in that row.
bool differs(const ComparisonStepReport& step, const ColumnRow& row);

/// Reads scenario files of comparisons. Throws std::runtime_error that names the file, the scenario and the step.
std::vector<ComparisonScenario> read_comparisons(const std::string& path);

/// Loads, lists and unloads a module that was built in both forms.
ComparisonScenario compare_modules(const std::string& old_file, const std::string& new_file,
                                   const std::vector<std::string>& arguments);

/// Does both parts of a scenario, each on a fresh machine in memory. std::runtime_error when a machine cannot be made or a
/// file cannot be read.
ComparisonReport run_comparison(const ComparisonScenario& scenario);

// How a report is shown (comparison_text.cc, comparison_json.cc, comparison_markdown.cc; as a page: loader/report).
std::string comparison_text(const ComparisonReport& report, unsigned columns);
std::string comparison_json(std::span<const ComparisonReport> reports);
std::string comparison_markdown(std::span<const ComparisonReport> reports);

} // namespace retromod
