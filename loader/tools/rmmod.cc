// SPDX-License-Identifier: GPL-2.0-or-later
// rmmod: options and texts are modutils 2.4's; loader/legacy does the work.
#include "loader/legacy/rmmod.h"

#include "loader/api/insmod_run.h"
#include "loader/tools/commands.h"
#include "loader/tools/kmod_tools.h"
#include "loader/tools/modutils_options.h"
#include "loader/tools/tool_session.h"

#include <fmt/format.h>

namespace retromod {
namespace {

constexpr const char* usage = "Usage:\nrmmod [-aehrsvV] module ...\n";

constexpr option long_options[] = {
    {"all", no_argument, nullptr, 'a'},    {"persist", no_argument, nullptr, 'e'}, {"help", no_argument, nullptr, 'h'},
    {"stacks", no_argument, nullptr, 'r'}, {"syslog", no_argument, nullptr, 's'},  {"verbose", no_argument, nullptr, 'v'},
    {"version", no_argument, nullptr, 'V'}, {},
};

} // namespace

int rmmod_command(const Invocation& invocation)
{
    if (is_modern_machine(invocation)) return kmod_rmmod_command(invocation);
    RmmodOptions options;
    std::optional<int> over;
    options.names = read_modutils_options(invocation, "aehrsvV", long_options, [&](int letter, const char*) {
        switch (letter) {
        case 'a': options.all = true; break;
        case 'r': options.stacks = true; break;
        case 'V': fmt::print(stderr, "rmmod version {}\n", modutils_version); break;
        case 'h': over = 0; break;
        case '?': over = exit_status::failure; break;
        }
    });
    if (!over && options.names.empty() && !options.all) over = exit_status::failure;
    if (over) {
        std::fputs(usage, stderr);
        return *over;
    }
    ToolSession session(invocation, Purpose::change);
    return run_in_session(session, [&] { return rmmod(options, session.module_calls(), session->arch(), standard_sinks()); });
}

} // namespace retromod
