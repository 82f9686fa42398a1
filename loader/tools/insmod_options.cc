// SPDX-License-Identifier: GPL-2.0-or-later
// insmod's command line, as modutils 2.4 reads it.
#include "loader/tools/insmod_options.h"

#include "loader/tools/modutils_options.h"

#include <fmt/format.h>

namespace retromod {
namespace {

constexpr const char* letters = "fhkLmnNpqrsSvVxXyYe:o:O:P:R:";

constexpr option long_options[] = {
    {"force", no_argument, nullptr, 'f'},
    {"help", no_argument, nullptr, 'h'},
    {"autoclean", no_argument, nullptr, 'k'},
    {"lock", no_argument, nullptr, 'L'},
    {"map", no_argument, nullptr, 'm'},
    {"noload", no_argument, nullptr, 'n'},
    {"numeric-only", no_argument, nullptr, 'N'},

    {"probe", no_argument, nullptr, 'p'},
    {"poll", no_argument, nullptr, 'p'},
    {"quiet", no_argument, nullptr, 'q'},
    {"root", no_argument, nullptr, 'r'},
    {"syslog", no_argument, nullptr, 's'},
    {"kallsyms", no_argument, nullptr, 'S'},
    {"verbose", no_argument, nullptr, 'v'},
    {"version", no_argument, nullptr, 'V'},
    {"noexport", no_argument, nullptr, 'x'},
    {"export", no_argument, nullptr, 'X'},
    {"noksymoops", no_argument, nullptr, 'y'},
    {"ksymoops", no_argument, nullptr, 'Y'},
    {"persist", required_argument, nullptr, 'e'},
    {"name", required_argument, nullptr, 'o'},
    {"blob", required_argument, nullptr, 'O'},
    {"prefix", required_argument, nullptr, 'P'},
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
    {'S', &InsmodOptions::kallsyms, true},    {'N', &InsmodOptions::numeric_only, true},
    {'v', &InsmodOptions::verbose, true},
    {'x', &InsmodOptions::export_all, false}, {'X', &InsmodOptions::export_all, true},
    {'y', &InsmodOptions::ksymoops, false},   {'Y', &InsmodOptions::ksymoops, true},
};

} // namespace

std::optional<InsmodCommandLine> read_insmod_options(const Invocation& invocation)
{
    InsmodCommandLine line;
    auto& options = line.options;
    bool wrong = false;
    auto words = read_modutils_options(invocation, letters, long_options, [&](int letter, const char* argument) {
        for (const auto& row : switches)
            if (row.letter == letter) options.*row.member = row.value;
        switch (letter) {
        case 'e': options.persist = argument; break;
        case 'o': options.name = argument; break;
        case 'O': options.blob = argument; break;
        case 'P': options.prefix = argument; break;
        case 'r': line.any_owner = !line.any_owner; break;
        case 's': line.syslog = true; break;
        case 'V': fmt::print(stderr, "insmod version {}\n", modutils_version); break;
        case 'h':
        case 'R':
        case '?': wrong = true; break;
        }
    });
    if (wrong || words.empty()) return std::nullopt;
    options.file = words.front();
    options.arguments.assign(words.begin() + 1, words.end());
    return line;
}

} // namespace retromod
