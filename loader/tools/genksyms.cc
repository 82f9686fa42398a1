// SPDX-License-Identifier: GPL-2.0-or-later
// genksyms: reads preprocessed C and writes a version for each exported symbol; options and texts are modutils'.
#include "loader/genksyms/parser.h"

#include "loader/tools/module_commands.h"
#include "loader/tools/modutils_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace retromod {
namespace {

constexpr const char* usage = "Usage:\n"
                              "genksyms [-dDwqhV] -k kernel_version > .../linux/module/*.ver\n"
                              "\n"
                              "  -d        Debug level -- repeat to increase\n"
                              "  -D        Dump final exported definitions\n"
                              "  -w        Enable warnings (aka errors)\n"
                              "  -q        Disable warnings (default)\n"
                              "  -h        Print this message\n"
                              "  -V        Show version\n"
                              "  -k ver    Set the kernel version for which we are compiling\n"
                              "  -p string Set a mangling prefix for all symbols\n";

constexpr option long_options[] = {
    {"debug", no_argument, nullptr, 'd'},      {"dump", no_argument, nullptr, 'D'},
    {"warnings", no_argument, nullptr, 'w'},   {"quiet", no_argument, nullptr, 'q'},
    {"version", no_argument, nullptr, 'V'},    {"help", no_argument, nullptr, 'h'},
    {"kernel-version", required_argument, nullptr, 'k'}, {"prefix", required_argument, nullptr, 'p'}, {},
};

constexpr std::size_t largest_source = std::size_t{256} << 20;

struct Line {
    bool debug = false, dump = false, warnings = false;
    std::string kernel, prefix;
};

std::optional<int> read_line(const Invocation& invocation, Line& line)
{
    std::optional<int> over;
    read_modutils_options(invocation, "dDwqVhk:p:", long_options, [&](int letter, const char* argument) {
        switch (letter) {
        case 'd': line.debug = true; break;
        case 'D': line.dump = true; break;
        case 'w': line.warnings = true; break;
        case 'q': line.warnings = false; break;
        case 'V': fmt::print(stderr, "genksyms version {}\n", modutils_version); break;
        case 'k': line.kernel = argument; break;
        case 'p': line.prefix = argument; break;
        case 'h': over = over.value_or(0); break;
        default: over = over.value_or(exit_status::failure);
        }
    });
    unsigned major = 0, minor = 0, patch = 0;
    if (!over && std::sscanf(line.kernel.c_str(), "%u.%u.%u", &major, &minor, &patch) != 3) over = exit_status::failure;
    if (over) std::fputs(usage, stderr);
    return over;
}

std::string standard_input()
{
    std::string source;
    char buffer[65536];
    for (std::size_t got; (got = std::fread(buffer, 1, sizeof buffer, stdin)) > 0;) {
        source.append(buffer, got);
        if (source.size() > largest_source) throw std::runtime_error("genksyms: standard input is larger than 256 MB");
    }
    return source;
}

} // namespace

int genksyms_command(const Invocation& invocation)
{
    using namespace genksyms;
    Line line;
    if (const auto over = read_line(invocation, line)) return *over;
    const auto source = standard_input();
    const auto tokens = tokenize(source);
    Definitions definitions;
    int status = 0; // what is not told counts for nothing
    const auto warn = [&](const Token& where, const std::string& text) {
        if (!line.warnings) return;
        fmt::print(stderr, "{}:{}: {}\n", tokens.files[where.file], where.line, text);
        status = exit_status::failure;
    };
    const auto export_symbol = [&](const std::string& name, const Token& where) {
        const auto* words = definitions.find(name, NameKind::normal);
        if (!words) return warn(where, "export undefined symbol " + name);
        Expansion expansion(definitions, [&](NameKind kind, const std::string& type) {
            warn(where, fmt::format("expand undefined {} {}", kind_word(kind), type));
        });
        const auto text = expansion.expand(*words);
        if (line.dump) fmt::print(stderr, "Export {} == <{}>\n", name, text);
        fmt::print("#define __ver_{0}\t{1}{2:08x}\n#define {0}\t_set_ver({0})\n", name, line.prefix, checksum(text));
    };
    Parser(tokens, definitions, {export_symbol, warn}).run();
    if (line.debug)
        for (const auto& shown : definitions.shown_definitions()) fmt::print(stderr, "{}\n", shown);
    return status;
}

} // namespace retromod
