// SPDX-License-Identifier: GPL-2.0-or-later
// insmod: options and texts are modutils 2.4's; loader/legacy does the work.
#include "emu/cpu/cpu.h"
#include "emu/machine/machine_file.h"
#include "loader/api/machine_path.h"
#include "loader/api/machine_words.h"
#include "loader/legacy/insmod.h"

#include "loader/api/insmod_run.h"
#include "loader/tools/commands.h"
#include "loader/tools/kmod_tools.h"
#include "loader/tools/module_arch.h"
#include "loader/tools/modutils_options.h"
#include "loader/tools/tool_session.h"

#include <fmt/format.h>

namespace retromod {
namespace {

constexpr const char* usage =
    "Usage:\n"
    "insmod [-fhkLmnpqrsSvVxXyY] [-e persist_name] [-o module_name] [-O blob_name] [-P prefix] module "
    "[ symbol=value ... ]\n";

constexpr const char* letters = "fhkLmnpqrsSvVxXyYe:o:O:P:R:";

constexpr option long_options[] = {
    {"force", no_argument, nullptr, 'f'},      {"help", no_argument, nullptr, 'h'},
    {"autoclean", no_argument, nullptr, 'k'},  {"lock", no_argument, nullptr, 'L'},
    {"map", no_argument, nullptr, 'm'},        {"noload", no_argument, nullptr, 'n'},
    {"probe", no_argument, nullptr, 'p'},      {"poll", no_argument, nullptr, 'p'},
    {"quiet", no_argument, nullptr, 'q'},      {"root", no_argument, nullptr, 'r'},
    {"syslog", no_argument, nullptr, 's'},     {"kallsyms", no_argument, nullptr, 'S'},
    {"verbose", no_argument, nullptr, 'v'},    {"version", no_argument, nullptr, 'V'},
    {"noexport", no_argument, nullptr, 'x'},   {"export", no_argument, nullptr, 'X'},
    {"noksymoops", no_argument, nullptr, 'y'}, {"ksymoops", no_argument, nullptr, 'Y'},
    {"persist", required_argument, nullptr, 'e'}, {"name", required_argument, nullptr, 'o'},
    {"blob", required_argument, nullptr, 'O'}, {"prefix", required_argument, nullptr, 'P'},
    {},
};

/// An option without argument that sets one switch.
struct Switch {
    char letter;
    bool InsmodOptions::*member;
    bool value;
};

constexpr Switch switches[] = {
    {'f', &InsmodOptions::force, true},       {'k', &InsmodOptions::autoclean, true},
    {'m', &InsmodOptions::map, true},         {'n', &InsmodOptions::noload, true},
    {'p', &InsmodOptions::probe, true},       {'q', &InsmodOptions::quiet, true},
    {'S', &InsmodOptions::kallsyms, true},    {'v', &InsmodOptions::verbose, true},
    {'x', &InsmodOptions::export_all, false}, {'X', &InsmodOptions::export_all, true},
    {'y', &InsmodOptions::ksymoops, false},   {'Y', &InsmodOptions::ksymoops, true},
};

/// Reads the command line; nothing when it is only good for the usage text.
std::optional<InsmodOptions> read_options(const Invocation& invocation)
{
    InsmodOptions options;
    bool wrong = false;
    auto words = read_modutils_options(invocation, letters, long_options, [&](int letter, const char* argument) {
        for (const auto& row : switches)
            if (row.letter == letter) options.*row.member = row.value;
        switch (letter) {
        case 'o': options.name = argument; break;
        case 'O': options.blob = argument; break;
        case 'P': options.prefix = argument; break;
        case 'V': fmt::print(stderr, "insmod version {}\n", modutils_version); break;
        case 'h':
        case 'R':
        case '?': wrong = true; break;
        }
    });
    if (wrong || words.empty()) return std::nullopt;
    options.file = words.front();
    options.arguments.assign(words.begin() + 1, words.end());
    return options;
}

} // namespace

int insmod_command(const Invocation& invocation)
{
    if (is_modern_machine(invocation)) return kmod_insmod_command(invocation);
    auto options = read_options(invocation);
    if (!options) {
        std::fputs(usage, stderr);
        return exit_status::failure;
    }
    if (!MachineFile(machine_path(invocation.machine)).exists() && is_modern_module(options->file))
        return kmod_insmod_command(invocation);
    MachineOptions fresh;
    if (const auto* arch = arch_of_module(options->file)) {
        if (!find_cpu(*arch)) {
            complain(fmt::format("{}: a module of {}: there is no engine for that CPU here", options->file, arch->name));
            return exit_status::failure;
        }
        MachineOptions wanted;
        if (!read_machine_words({.arch = std::string(arch->name)}, wanted)) fresh.arch = arch; // else its structures are unknown
    }
    ToolSession session(invocation, options->noload || options->probe ? Purpose::look : Purpose::change, fresh);
    if (options->blob) session.limits().files = JailFiles::write; // it is written when the module is in
    return run_in_session(session, [&] { return run_insmod(*options, *session, session.module_calls()).exit_status; });
}

} // namespace retromod
