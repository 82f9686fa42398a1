// SPDX-License-Identifier: GPL-2.0-or-later
// retromod disk add FILE | disk list | disk remove NAME: image files of the host as disks of the machine.
#include "emu/kernel/disk_images.h"
#include "loader/tools/commands.h"
#include "loader/tools/disk_choice.h"
#include "loader/tools/options.h"
#include "loader/tools/tool_session.h"

#include <fmt/format.h>

namespace retromod {
namespace {

int list(const Invocation& invocation)
{
    ToolSession session(invocation, Purpose::look);
    for (const auto& row : session->machine().table<DiskImageRow>())
        fmt::print("{}  {} bytes, {}{}\n", row.name, row.bytes, row.path, row.writes_through ? ", written through" : "");
    return 0;
}

int remove(const Invocation& invocation, const std::string& name)
{
    ToolSession session(invocation, Purpose::change);
    DiskImages disks(session->machine());
    auto* row = disks.find(name);
    if (!row) {
        complain(fmt::format("disk: {}: the machine has no such disk", name));
        return exit_status::failure;
    }
    disks.remove(*row);
    session.commit();
    return 0;
}

} // namespace

int disk_command(const Invocation& invocation)
{
    std::string action;
    std::vector<std::string> what;
    std::optional<std::string> name;
    bool write = false;
    Options options(invocation);
    options.positional("ACTION", action, "add FILE, list, or remove NAME")
        .value("--as", name, "name of the disk: hda to hdd, fd0 to fd3 (default: the first free of hda to hdd)")
        .flag("--write", write, "what the machine writes goes to the file; else it stays in the machine")
        .words("FILE", what, "the image, or the disk's name");
    if (const auto status = options.parse()) return *status;
    if (action == "list" && what.empty()) return list(invocation);
    if (action == "remove" && what.size() == 1) return remove(invocation, what[0]);
    if (action != "add" || what.size() != 1) {
        complain("disk: add FILE, list or remove NAME");
        return exit_status::usage;
    }
    ToolSession session(invocation, Purpose::change);
    fmt::print("{}\n", add_disk(*session, what[0], name, write));
    session.commit();
    return 0;
}

} // namespace retromod
