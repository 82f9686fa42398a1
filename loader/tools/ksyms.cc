// SPDX-License-Identifier: GPL-2.0-or-later
// ksyms: options and texts are modutils 2.4's; loader/legacy does the work.
#include "loader/legacy/ksyms.h"

#include "loader/api/insmod_run.h"
#include "loader/tools/commands.h"
#include "loader/tools/modutils_options.h"
#include "loader/tools/tool_session.h"

#include <fmt/format.h>

namespace retromod {
namespace {

// Source: modutils 2.4 ksyms.c.
constexpr const char* usage = "Usage:\n"
                              "ksyms [-ahm?V]\n"
                              "\n"
                              " -a, --all      Display all symbols\n"
                              " -h, --noheader Suppress the column header\n"
                              " -m, --info     Display module information\n"
                              " -H, --help     Print this message\n"
                              " -V, --version  Print the release version\n";

constexpr option long_options[] = {
    {"all", no_argument, nullptr, 'a'},     {"noheader", no_argument, nullptr, 'h'}, {"info", no_argument, nullptr, 'm'},
    {"version", no_argument, nullptr, 'V'}, {"help", no_argument, nullptr, 'H'},     {},
};

} // namespace

int ksyms_command(const Invocation& invocation)
{
    KsymsOptions options;
    std::optional<int> over;
    const auto take = [&](int letter, const char*) {
        switch (letter) {
        case 'a': options.all = true; break;
        case 'h': options.header = false; break;
        case 'm': options.modules = true; break;
        case 'V': fmt::print(stderr, "ksyms version {}\n", modutils_version); break;
        default:
            std::fputs(usage, stderr);
            over = letter == 'H' ? 0 : exit_status::failure;
        }
    };
    read_modutils_options(invocation, "ahmVH", long_options, take, &over);
    if (over) return *over;
    ToolSession session(invocation, Purpose::look);
    return run_in_session(session, [&] { return ksyms(options, session.module_calls(), session->arch(), standard_sinks()); });
}

} // namespace retromod
