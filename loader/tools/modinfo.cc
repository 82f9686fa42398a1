// SPDX-License-Identifier: GPL-2.0-or-later
// modinfo: options and texts are modutils 2.4's; loader/legacy does the work.
#include "loader/legacy/modinfo.h"

#include "loader/api/insmod_run.h"
#include "loader/tools/commands.h"
#include "loader/tools/kmod_tools.h"
#include "loader/tools/module_arch.h"
#include "loader/tools/module_home.h"
#include "loader/tools/modutils_options.h"
#include "loader/tools/sample.h"
#include "loader/tools/tool_voice.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

// Source: modutils 2.4 modinfo.c.
constexpr const char* usage = "usage: modinfo <options> <module>\n"
                              "  -a, --author            display module author\n"
                              "  -d, --description       display module description\n"
                              "  -l, --license           display module license\n"
                              "  -n, --filename          display module filename\n"
                              "  -f <str>\n"
                              "      --format <str>      print the <query-string>\n"
                              "  -p, --parameters        display module parameters\n"
                              "  -V, --version           show version\n"
                              "  -h, --help              this usage screen\n";

constexpr option long_options[] = {
    {"author", no_argument, nullptr, 'a'},       {"description", no_argument, nullptr, 'd'},
    {"license", no_argument, nullptr, 'l'},      {"filename", no_argument, nullptr, 'n'},
    {"parameters", no_argument, nullptr, 'p'},   {"format", required_argument, nullptr, 'f'},
    {"version", no_argument, nullptr, 'V'},      {"help", no_argument, nullptr, 'h'}, {},
};

int show_usage(int status)
{
    std::fputs(usage, stdout);
    return status;
}

/// Where there is no machine since 2.6, the name of a file says whose modinfo is meant.
bool is_about_modern_file(const Invocation& invocation)
{
    return std::ranges::any_of(invocation.arguments, [](const std::string& word) {
        return word.ends_with(".ko") || word.find(".ko.") != std::string::npos;
    });
}

} // namespace

int modinfo_command(const Invocation& invocation)
{
    if (is_modern_machine(invocation) || is_about_modern_file(invocation)) return kmod_modinfo_command(invocation);
    std::string format(default_modinfo_format);
    std::optional<int> over;
    const auto files = read_modutils_options(invocation, "adlnq:pf:Vh", long_options, [&](int letter, const char* argument) {
        if (over) return; // the first of these ends the program
        switch (letter) {
        case 'a':
        case 'd':
        case 'l':
        case 'n':
        case 'p': format = fmt::format("%{}\\n", static_cast<char>(letter)); break;
        case 'f': format = argument; break;
        case 'V':
            fmt::print("modinfo (Linux modutils) {}\n", modutils_version);
            over = 0;
            break;
        default: over = show_usage(letter == 'h' ? 0 : exit_status::failure);
        }
    });
    if (over) return *over;
    if (files.empty()) return show_usage(exit_status::failure);
    if (!is_modinfo_format(format, standard_sinks())) return exit_status::failure;
    ToolVoice voice("modinfo", ToSyslog::no);
    const auto home = ModuleHome::of(invocation);
    for (const auto& named : files) {
        auto file = module_or_sample(invocation, named);
        if (file.find_first_of("/.") == file.npos) {
            const auto found = home.find_module(file, OwnerCheck::on, voice.speech());
            if (!found) {
                voice.speech().error(fmt::format("{}: no module by that name found", file));
                continue;
            }
            file = *found;
        }
        modinfo(file, home.tree().of_user(file), format, standard_sinks()); // a bad file is no failure
    }
    return 0;
}

} // namespace retromod
