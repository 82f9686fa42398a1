// SPDX-License-Identifier: GPL-2.0-or-later
// lsmod: options and texts are modutils 2.4's; loader/legacy does the work.
#include "loader/legacy/lsmod.h"

#include "loader/api/insmod_run.h"
#include "loader/tools/commands.h"
#include "loader/tools/kmod_tools.h"
#include "loader/tools/modutils_options.h"
#include "loader/tools/tool_session.h"

#include <fmt/format.h>

namespace retromod {
namespace {

// Source: modutils 2.4 lsmod.c.
constexpr const char* usage = "Usage:\n"
                              "lsmod [-Vh]\n"
                              "\n"
                              " -V, --version    Print the release version\n"
                              " -h, --help       Print this message\n";

constexpr option long_options[] = {{"help", no_argument, nullptr, 'h'}, {"version", no_argument, nullptr, 'V'}, {}};

} // namespace

int lsmod_command(const Invocation& invocation)
{
    if (is_modern_machine(invocation)) return kmod_lsmod_command(invocation);
    std::optional<int> over;
    const auto take = [&](int letter, const char*) {
        over = letter == '?' ? exit_status::failure : 0;
        if (letter == 'V') fmt::print(stderr, "lsmod version {}\n", modutils_version);
        else std::fputs(usage, stderr);
    };
    read_modutils_options(invocation, "Vh", long_options, take, &over);
    if (over) return *over;
    ToolSession session(invocation, Purpose::look);
    return run_in_session(session, [&] { return lsmod(session.module_calls(), session->system(), standard_sinks()); });
}

} // namespace retromod
