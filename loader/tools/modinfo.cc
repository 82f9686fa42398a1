// SPDX-License-Identifier: GPL-2.0-or-later
// modinfo: options and texts are modutils 2.4's; loader/legacy does the work.
#include "loader/legacy/modinfo.h"

#include "loader/api/insmod_run.h"
#include "loader/tools/commands.h"
#include "loader/tools/modutils_options.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

constexpr const char* usage = "Usage: modinfo [-adlnphV] [-f format] module...\n";

constexpr option long_options[] = {
    {"author", no_argument, nullptr, 'a'},       {"description", no_argument, nullptr, 'd'},
    {"license", no_argument, nullptr, 'l'},      {"filename", no_argument, nullptr, 'n'},
    {"parameters", no_argument, nullptr, 'p'},   {"format", required_argument, nullptr, 'f'},
    {"version", no_argument, nullptr, 'V'},      {"help", no_argument, nullptr, 'h'}, {},
};

} // namespace

int modinfo_command(const Invocation& invocation)
{
    std::string format(default_modinfo_format);
    std::optional<int> over;
    const auto files = read_modutils_options(invocation, "adlnpf:Vh", long_options, [&](int letter, const char* argument) {
        switch (letter) {
        case 'a':
        case 'd':
        case 'l':
        case 'n':
        case 'p': format = fmt::format("%{}\\n", static_cast<char>(letter)); break;
        case 'f': format = argument; break;
        case 'V':
            fmt::print(stderr, "modinfo version {}\n", modutils_version);
            over = 0;
            break;
        default: over = letter == 'h' ? 0 : exit_status::failure; std::fputs(usage, stderr);
        }
    });
    if (over) return *over;
    if (files.empty()) {
        std::fputs(usage, stderr);
        return exit_status::failure;
    }
    int status = 0;
    for (const auto& file : files) status = std::max(status, modinfo(file, format, standard_sinks()));
    return status;
}

} // namespace retromod
