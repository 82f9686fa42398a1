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

constexpr option long_options[] = {
    {"all", no_argument, nullptr, 'a'},     {"noheader", no_argument, nullptr, 'h'}, {"info", no_argument, nullptr, 'm'},
    {"version", no_argument, nullptr, 'V'}, {"help", no_argument, nullptr, 'H'},     {},
};

} // namespace

int ksyms_command(const Invocation& invocation)
{
    KsymsOptions options;
    std::optional<int> over;
    read_modutils_options(invocation, "ahmVH", long_options, [&](int letter, const char*) {
        switch (letter) {
        case 'a': options.all = true; break;
        case 'h': options.header = false; break;
        case 'm': options.modules = true; break;
        case 'V':
            fmt::print(stderr, "ksyms version {}\n", modutils_version);
            over = 0;
            break;
        default:
            std::fputs("Usage: ksyms [-ahmVH]\n", stderr);
            over = letter == 'H' ? 0 : exit_status::failure;
        }
    });
    if (over) return *over;
    ToolSession session(invocation, Purpose::look);
    return run_in_session(session, [&] { return ksyms(options, session.module_calls(), session->arch(), standard_sinks()); });
}

} // namespace retromod
