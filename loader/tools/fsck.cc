// SPDX-License-Identifier: GPL-2.0-or-later
// retromod fsck [--repair]: checks the machine's file, and puts right what can be. Exit status as fsck(8) has it.
#include "emu/machine/fsck.h"

#include "emu/exports/standard_exports.h"
#include "emu/kernel/kernel_check.h"
#include "loader/modern/modern_check.h"
#include "loader/modern/modern_kernel.h"
#include "loader/tools/commands.h"
#include "loader/tools/machine_choice.h"
#include "loader/tools/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace retromod {
namespace {

constexpr int clean = 0;
constexpr int repaired = 1;
constexpr int left_as_it_is = 4;
constexpr int failed = 8; ///< the check itself

constexpr std::array<std::string_view, 3> state_names = {"can be repaired", "repaired", "beyond repair"};

int status_of(const Findings& findings)
{
    if (findings.empty()) return clean;
    const bool all = std::ranges::all_of(findings, [](const auto& finding) { return finding.state == Finding::State::repaired; });
    return all ? repaired : left_as_it_is;
}

std::string_view advice(const Findings& findings)
{
    const auto is_beyond = [](const auto& finding) { return finding.state == Finding::State::beyond_repair; };
    if (std::ranges::any_of(findings, is_beyond))
        return "restore a snapshot (`retromod snapshot list`) or `retromod boot` a fresh machine";
    return "`retromod fsck --repair` repairs it";
}

} // namespace

int fsck_command(const Invocation& invocation)
{
    bool repair = false;
    Options options(invocation);
    options.flag("-r,--repair", repair, "finish or discard a commit that was cut short, and count anew");
    if (const auto status = options.parse()) return *status;
    const auto machine = chosen_machine(invocation);
    const bool writes = repair && invocation.dry_run == DryRun::no;
    Findings findings;
    try {
        findings = check_machine_file(machine, writes ? Repair::yes : Repair::no, [](Machine& checked, Findings& found) {
            check_kernel(checked, checked.release().modern ? modern_exports() : standard_exports(), found);
            check_modern(checked, found);
        });
    } catch (const std::exception& error) {
        complain(error.what());
        return failed;
    }
    for (const auto& finding : findings)
        fmt::print("{} ({})\n", finding.text, state_names.at(static_cast<std::size_t>(finding.state)));
    const auto status = status_of(findings);
    if (status == clean) fmt::print("{}: clean\n", machine.path());
    if (status == left_as_it_is) complain(fmt::format("{}: {}", machine.path(), advice(findings)));
    return status;
}

} // namespace retromod
