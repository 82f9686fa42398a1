// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/scenario/replay.h"

#include "emu/machine/host_text.h"
#include "loader/scenario/modern_scenario.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <ostream>
#include <system_error>

namespace retromod {
namespace {

using nlohmann::ordered_json;

/// One run of a scenario on a release.
struct Run {
    const std::string& file;
    const Scenario& scenario;
    const Release& release;
    const Arch& arch;
    const ScenarioResult& result;

    /// "2.4.20", or "2.4.20 alpha" where the file is not of that architecture.
    std::string machine() const
    {
        return arch.name == scenario.arch->name ? std::string(release.name) : fmt::format("{} {}", release.name, arch.name);
    }
};

/// Where the results go.
class ReplayReport {
public:
    virtual ~ReplayReport() = default;
    virtual void add(const Run& run) = 0;
    virtual void finish(const ReplayTotals& totals) = 0;
};

/// What became of our kernel where the real one broke.
std::string fate_here(const ScenarioResult& result)
{
    if (!result.broke.empty()) return result.broke;
    if (result.strays_at) return fmt::format("other results from step {} on", *result.strays_at);
    return "the same results to the end";
}

/// The first difference in a sentence.
std::string difference_of(const ScenarioResult& result)
{
    if (result.passed) return "";
    const auto& first = result.differences.front();
    const auto more = result.differences.size() - 1;
    return fmt::format("step {} ({}): expected {}, got {}{}", first.step, first.call, first.expected, first.got,
                       more ? fmt::format(" (and {} more)", more) : "");
}

class TextReport final : public ReplayReport {
public:
    explicit TextReport(std::ostream& out) : out_(out) {}

    void add(const Run& run) override
    {
        const auto& [file, scenario, release, arch, result] = run;
        if (!result.passed) {
            out_ << fmt::format("{}: {} on {}: {}\n", file, scenario.id, run.machine(), difference_of(result));
        } else if (!result.broke.empty() || !result.breaks_as.empty()) {
            out_ << fmt::format("{}: {} on {}: passed; the real kernel: {}; here: {}\n", file, scenario.id, run.machine(),
                                result.breaks_as, fate_here(result));
        }
    }
    void finish(const ReplayTotals& totals) override
    {
        for (const auto& [why, count] : totals.skipped) out_ << fmt::format("{} skipped: {}\n", count, why);
        out_ << fmt::format("{} passed, {} failed\n", totals.passed, totals.failed);
    }

private:
    std::ostream& out_;
};

class JsonReport final : public ReplayReport {
public:
    explicit JsonReport(std::ostream& out) : out_(out) {}

    void add(const Run& run) override
    {
        const auto& result = run.result;
        ordered_json row{{"file", run.file},
                         {"id", run.scenario.id},
                         {"release", run.release.name},
                         {"arch", run.arch.name},
                         {"passed", result.passed}};
        for (const auto& difference : result.differences)
            row["differences"].push_back({{"step", difference.step},
                                          {"call", difference.call},
                                          {"expected", content_of(difference.expected)},
                                          {"got", content_of(difference.got)}});
        if (!result.breaks_as.empty()) row["real_kernel"] = result.breaks_as;
        if (!result.broke.empty()) row["broke"] = result.broke;
        if (result.strays_at) row["strays_at"] = *result.strays_at;
        runs_.push_back(std::move(row));
    }
    void finish(const ReplayTotals& totals) override
    {
        ordered_json summary{{"passed", totals.passed}, {"failed", totals.failed}};
        for (const auto& [why, count] : totals.skipped) summary["skipped"][why] = count;
        summary["runs"] = std::move(runs_);
        out_ << summary.dump(1) << '\n';
    }

private:
    /// A result is JSON; how a kernel broke is a sentence.
    static ordered_json content_of(const std::string& text)
    {
        auto content = ordered_json::parse(text, nullptr, false);
        return content.is_discarded() ? ordered_json(text) : content;
    }

    std::ostream& out_;
    ordered_json runs_ = ordered_json::array();
};

/// Whoever counts the runs is told of them elsewhere.
class NoReport final : public ReplayReport {
public:
    void add(const Run&) override {}
    void finish(const ReplayTotals&) override {}
};

bool is_chosen(const Scenario& scenario, const ReplayOptions& options)
{
    return std::ranges::all_of(options.filters, [&](const std::string& wanted) {
        return scenario.has_tag(wanted) || scenario.id == wanted || scenario.id.starts_with(wanted + "-");
    });
}

ScenarioFile load_any(const std::string& path)
{
    const auto text = read_host_text(path);
    return is_modern_scenario_file(text) ? parse_modern_scenarios(path, text) : load_scenarios(path);
}

/// Calls `use` with each file that can be used; what is wrong with the others goes to `errors`. Returns how many.
template <class Use>
std::size_t for_each_file(std::span<const std::string> paths, std::ostream& errors, Use use)
{
    std::size_t unusable = 0;
    for (const auto& path : paths) {
        try {
            const auto file = load_any(path);
            for (const auto& warning : file.warnings) errors << "warning: " << warning << '\n';
            use(file);
        } catch (const ScenarioError& error) {
            errors << error.what() << '\n';
            ++unusable;
        } catch (const std::system_error& error) {
            errors << error.what() << '\n';
            ++unusable;
        }
    }
    return unusable;
}

/// One scenario on one release and architecture; those of the modern ABI are of x86-64 alone.
void run_one(const ScenarioFile& file, const Scenario& scenario, const Release& release, const Arch& arch,
             const ReplayOptions& options, ReplayReport& report, ReplayTotals& totals, std::ostream& errors)
try {
    const bool modern = scenario.has_tag("modern") && scenario.content->contains("call");
    if (modern ? release.modern == nullptr || release.arch != "x86_64" : !expects(scenario, release)) return;
    if (modern && !options.arches.empty() && arch.name != release.arch) return;
    const auto result =
        modern ? run_modern_scenario(scenario, release, ModernBases(options.bases)) : run_scenario(scenario, release, arch);
    if (!result.skipped.empty()) {
        ++totals.skipped[fmt::format("{}: {}", arch.name, result.skipped)];
        if (options.each)
            options.each({file.path, scenario.id, fmt::format("{} {}", release.name, arch.name), false, {}, result.skipped});
        return;
    }
    ++(result.passed ? totals.passed : totals.failed);
    const Run run{file.path, scenario, release, arch, result};
    report.add(run);
    if (options.each) options.each({file.path, scenario.id, run.machine(), result.passed, difference_of(result), {}});
} catch (const ScenarioError& error) {
    errors << fmt::format("{}: {}\n", file.path, error.what());
    ++totals.unusable;
}

} // namespace

ReplayTotals replay(const ReplayOptions& options, std::span<const std::string> files, std::ostream& out, std::ostream& errors)
{
    std::unique_ptr<ReplayReport> report;
    if (options.format == ReplayFormat::json) report = std::make_unique<JsonReport>(out);
    else if (options.format == ReplayFormat::none) report = std::make_unique<NoReport>();
    else report = std::make_unique<TextReport>(out);
    ReplayTotals totals;
    const auto unusable = for_each_file(files, errors, [&](const ScenarioFile& file) {
        for (const auto& scenario : file.scenarios) {
            if (!is_chosen(scenario, options)) continue;
            const auto arches = options.arches.empty() ? std::vector{scenario.arch} : options.arches;
            for (const auto* arch : arches)
                for (const auto* release : options.releases)
                    run_one(file, scenario, *release, *arch, options, *report, totals, errors);
        }
    });
    totals.unusable += unusable;
    report->finish(totals);
    return totals;
}

bool list_scenarios(const ReplayOptions& options, std::span<const std::string> files, std::ostream& out, std::ostream& errors)
{
    return for_each_file(files, errors, [&](const ScenarioFile& file) {
        for (const auto& scenario : file.scenarios) {
            if (!is_chosen(scenario, options)) continue;
            out << fmt::format("{}: {}{}{}: {}\n", file.path, scenario.id, scenario.tags.empty() ? "" : " ",
                               scenario.tags.empty() ? "" : fmt::format("[{}]", fmt::join(scenario.tags, " ")), scenario.title);
        }
    }) == 0;
}

} // namespace retromod
