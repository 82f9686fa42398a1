// SPDX-License-Identifier: GPL-2.0-or-later
// retromod snapshot save|restore|remove|diff NAME, list: copies of the machine beside it.
#include "emu/machine/snapshot.h"

#include "loader/tools/commands.h"
#include "loader/tools/line_diff.h"
#include "loader/tools/machine_choice.h"
#include "loader/tools/machine_text.h"
#include "loader/tools/options.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>

namespace retromod {
namespace {

/// What one action needs.
struct Request {
    const Invocation& invocation;
    MachineFile machine;
    std::string name;
    bool force;
    bool dry_run() const { return invocation.dry_run == DryRun::yes; }
};

bool is_there(const Request& request)
{
    for (const auto& snapshot : list_snapshots(request.machine))
        if (snapshot.name == request.name) return true;
    complain(fmt::format("{}: no snapshot of that name: `retromod snapshot list`", snapshot_path(request.machine, request.name)));
    return false;
}

int save(const Request& request)
{
    const auto path = snapshot_path(request.machine, request.name);
    if (request.dry_run()) request.machine.read(); // whether that much would work
    else save_snapshot(request.machine, request.name, request.force ? Replace::yes : Replace::no);
    return 0;
}

int restore(const Request& request)
{
    if (!is_there(request)) return exit_status::failure;
    if (request.dry_run()) MachineFile(snapshot_path(request.machine, request.name)).read_unlocked();
    else restore_snapshot(request.machine, request.name);
    return 0;
}

int remove(const Request& request)
{
    if (!is_there(request)) return exit_status::failure;
    if (!request.dry_run()) remove_snapshot(request.machine, request.name);
    return 0;
}

int list(const Request& request)
{
    const auto snapshots = list_snapshots(request.machine);
    if (snapshots.empty()) return 0;
    fmt::print("{:<20} {:>10} {:>10}  {}\n", "NAME", "GENERATION", "DISK", "TAKEN");
    for (const auto& snapshot : snapshots)
        fmt::print("{:<20} {:>10} {:>7} KB  {:%Y-%m-%d %H:%M:%S}\n", snapshot.name, snapshot.generation, snapshot.disk_bytes >> 10,
                   fmt::localtime(snapshot.time));
    return 0;
}

/// Exit status as diff(1) has it: 1 when they differ.
int diff(const Request& request)
{
    if (!is_there(request)) return exit_status::failure + 1;
    auto old_session = Session::look(MachineFile(snapshot_path(request.machine, request.name)).read_unlocked());
    auto new_session = Session::look(request.machine.read());
    const auto before = describe_machine(old_session), after = describe_machine(new_session);
    int status = 0;
    for (std::size_t i = 0; i < before.size(); ++i) {
        const auto lines = line_diff(before[i].lines, after.at(i).lines);
        if (lines.empty()) continue;
        status = 1;
        fmt::print("{}:\n", before[i].title);
        for (const auto& line : lines) fmt::print("  {}\n", line);
    }
    return status;
}

struct Action {
    std::string_view name;
    bool takes_name;
    int (*run)(const Request&);
};

constexpr std::array actions = {
    Action{"save", true, save}, Action{"restore", true, restore}, Action{"remove", true, remove},
    Action{"diff", true, diff}, Action{"list", false, list},
};

} // namespace

int snapshot_command(const Invocation& invocation)
{
    bool force = false;
    std::vector<std::string> words;
    Options options(invocation);
    options.flag("-f,--force", force, "save: replace a snapshot of that name")
        .rest("save|restore|remove|diff NAME | list", words, "what to do; diff shows what changed since the snapshot");
    if (const auto status = options.parse()) return *status;
    for (const auto& action : actions) {
        if (words.empty() || words.front() != action.name || words.size() != 1u + action.takes_name) continue;
        return action.run({invocation, chosen_machine(invocation), words.back(), force});
    }
    complain("snapshot: save, restore, remove or diff with a NAME, or list");
    return exit_status::usage;
}

} // namespace retromod
