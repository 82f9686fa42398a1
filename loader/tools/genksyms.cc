// SPDX-License-Identifier: GPL-2.0-or-later
// genksyms: reads preprocessed C and writes a version for each exported symbol; options and texts are modutils'.
#include "loader/genksyms/parser.h"

#include "loader/tools/module_commands.h"
#include "loader/tools/modutils_options.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

namespace retromod {
namespace {

constexpr const char* usage = "Usage:\n"
                              "genksyms [-dDwqhV] [-k kernel_version] [-p prefix] > .../linux/module/*.ver\n"
                              "\n"
                              "  -d, --debug           Increment the debug level (repeatable)\n"
                              "  -D, --dump            Dump expanded symbol defs (for debugging only)\n"
                              "  -w, --warnings        Enable warnings\n"
                              "  -q, --quiet           Disable warnings (default)\n"
                              "  -h, --help            Print this message\n"
                              "  -V, --version         Print the release version\n"
                              "  -k ver\n"
                              "       --kernel ver     Set the kernel version for which we are compiling\n"
                              "  -p string\n"
                              "       --prefix string  Set a mangling prefix for all symbols\n";

constexpr option long_options[] = {
    {"debug", no_argument, nullptr, 'd'},      {"dump", no_argument, nullptr, 'D'},
    {"warnings", no_argument, nullptr, 'w'},   {"quiet", no_argument, nullptr, 'q'},
    {"version", no_argument, nullptr, 'V'},    {"help", no_argument, nullptr, 'h'},
    {"kernel", required_argument, nullptr, 'k'}, {"prefix", required_argument, nullptr, 'p'}, {},
};

constexpr int bad_kernel = 255;
constexpr unsigned long first_new_format = 2 << 16 | 1 << 8 | 18;
constexpr std::size_t largest_source = std::size_t{256} << 20;

struct Line {
    bool debug = false, dump = false, warnings = false;
    std::string prefix;
    bool new_format = false; ///< of kernels from 2.1.18 on; without -k a 2.0 is meant
};

/// `a.b.c` as one number, in which 8 bits are left to each of b and c; nothing: it is none.
std::optional<unsigned long> kernel_version(const char* text)
{
    unsigned long parts[3];
    char* end = nullptr;
    for (int index = 0; index < 3; ++index) {
        parts[index] = std::strtoul(text, &end, 10);
        if (*end != (index < 2 ? '.' : '\0')) return std::nullopt;
        text = end + 1;
    }
    return parts[0] << 16 | parts[1] << 8 | parts[2];
}

std::optional<int> read_line(const Invocation& invocation, Line& line)
{
    std::optional<int> over;
    const auto say_usage = [&](int status) {
        std::fputs(usage, stderr);
        over = status;
    };
    const auto take = [&](int letter, const char* argument) {
        switch (letter) {
        case 'd': line.debug = true; break;
        case 'D': line.dump = true; break;
        case 'w': line.warnings = true; break;
        case 'q': line.warnings = false; break;
        case 'V': fmt::print(stderr, "genksyms version {}\n", modutils_version); break;
        case 'k':
            if (const auto version = kernel_version(argument)) {
                line.new_format = *version >= first_new_format;
                break;
            }
            fmt::print(stderr, "unrecognised kernel version : {}\n", argument);
            over = bad_kernel;
            break;
        case 'p': line.prefix = argument; break;
        default: say_usage(letter == 'h' ? 0 : exit_status::failure); // -h is no option, whatever the usage says
        }
    };
    const auto words = read_modutils_options(invocation, "dwqVDk:p:", long_options, take, &over);
    if (!over && (!line.new_format || !words.empty())) say_usage(exit_status::failure);
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
