// SPDX-License-Identifier: GPL-2.0-or-later
// retromod boot: makes a machine.
#include "emu/kernel/panic.h"
#include "emu/machine/machine_file.h"
#include "loader/api/machine_path.h"
#include "loader/tools/boot_choice.h"
#include "loader/tools/commands.h"
#include "loader/tools/loaded_modules.h"
#include "loader/tools/machine_choice.h"
#include "loader/tools/options.h"
#include "loader/tools/tool_session.h"

#include <fmt/format.h>

namespace retromod {

namespace {

/// How many modules would be lost with the machine at `path`: none, where there is no machine, or one that is dead or unreadable.
std::size_t modules_to_lose(const std::string& path)
try {
    if (!MachineFile(path).exists()) return 0;
    auto session = Session::look(path);
    return panic_text(session.kernel()) ? 0 : count_loaded_modules(session.kernel());
} catch (...) {
    return 0; // whether what is there may be replaced is Session::boot's to say
}

} // namespace

int boot_command(const Invocation& invocation)
{
    Options options(invocation);
    BootChoice choice;
    choice.declare(options);
    bool replace = false;
    options.flag("--replace", replace, "also over a machine that has modules loaded");
    if (const auto status = options.parse()) return *status;

    MachineOptions machine;
    BootOptions boot;
    if (const auto wrong = choice.fill(machine, boot)) {
        complain("boot: " + *wrong);
        return exit_status::usage;
    }
    const auto path = machine_path(invocation.machine);
    if (const auto modules = replace ? 0 : modules_to_lose(path); modules != 0) {
        complain(fmt::format("boot: {}: that machine has {} module{} loaded: boot --replace takes its place", path, modules,
                             modules == 1 ? "" : "s"));
        return exit_status::failure;
    }
    ToolSession session(invocation, Purpose::change, Session::boot(path, machine, boot, file_options(invocation)));
    choice.give(*session);
    session.commit();
    fmt::print("{}: Linux {} ({}) on {}, {} MB, {}\n", path, session->machine().uts_release(), machine.release->name,
               machine.arch->name, machine.memory_bytes >> 20, machine.smp ? "SMP" : "uniprocessor");
    return 0;
}

} // namespace retromod
