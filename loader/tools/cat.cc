// SPDX-License-Identifier: GPL-2.0-or-later
// retromod cat PATH...: files of the guest's /proc.
#include "loader/api/guest_names.h"
#include "loader/tools/commands.h"
#include "loader/tools/guest_output.h"
#include "loader/tools/kmod_tools.h"
#include "loader/tools/options.h"
#include "loader/tools/tool_session.h"

#include <fmt/format.h>

namespace retromod {

int cat_command(const Invocation& invocation)
{
    std::vector<std::string> paths;
    Options options(invocation);
    options.rest("PATH...", paths, "/proc/modules and the like");
    if (const auto status = options.parse()) return *status;
    if (paths.empty()) {
        complain("cat: no file");
        return exit_status::usage;
    }
    if (is_modern_machine(invocation)) return kmod_cat(invocation, paths);
    ToolSession session(invocation, Purpose::change); // a read can change what a driver keeps
    return run_in_session(session, [&] {
        session.let_calls_wait();
        int status = 0;
        for (const auto& path : paths) {
            if (path == "/proc/mounts") fmt::print("{}", GuestNames(session->calls()).mounts()); // the core's own text
            else if (!print_guest_file(session->calls(), path, "cat", whole_file)) status = exit_status::failure;
        }
        return status;
    });
}

} // namespace retromod
