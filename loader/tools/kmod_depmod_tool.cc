// SPDX-License-Identifier: GPL-2.0-or-later
// depmod for kernels since 2.6: options and texts are kmod 30's; loader/modules does the work.
#include "loader/modules/kmod_depmod.h"

#include "loader/modules/conf_lines.h"
#include "loader/tools/kmod_tools.h"
#include "loader/tools/module_home.h"
#include "loader/tools/modutils_options.h"
#include "loader/tools/tool_voice.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <unistd.h>

namespace retromod {
namespace {

namespace fs = std::filesystem;

// Source: kmod 30 tools/depmod.c.
constexpr const char* usage = "Usage:\n"
                              "\tdepmod -[aA] [options] [forced_version]\n"
                              "\n"
                              "If no arguments (except options) are given, \"depmod -a\" is assumed\n"
                              "\n"
                              "depmod will output a dependency list suitable for the modprobe utility.\n"
                              "\n"
                              "Options:\n"
                              "\t-a, --all            Probe all modules\n"
                              "\t-A, --quick          Only does the work if there's a new module\n"
                              "\t-e, --errsyms        Report not supplied symbols\n"
                              "\t-n, --show           Write the dependency file on stdout only\n"
                              "\t-P, --symbol-prefix  Architecture symbol prefix\n"
                              "\t-C, --config=PATH    Read configuration from PATH\n"
                              "\t-v, --verbose        Enable verbose mode\n"
                              "\t-w, --warn           Warn on duplicates\n"
                              "\t-V, --version        show version\n"
                              "\t-h, --help           show this help\n"
                              "\n"
                              "The following options are useful for people managing distributions:\n"
                              "\t-b, --basedir=DIR    Use an image of a module tree.\n"
                              "\t-F, --filesyms=FILE  Use the file instead of the\n"
                              "\t                     current kernel symbols.\n"
                              "\t-E, --symvers=FILE   Use Module.symvers file to check\n"
                              "\t                     symbol versions.\n";

constexpr option long_options[] = {
    {"all", no_argument, nullptr, 'a'},          {"quick", no_argument, nullptr, 'A'},
    {"basedir", required_argument, nullptr, 'b'}, {"config", required_argument, nullptr, 'C'},
    {"symvers", required_argument, nullptr, 'E'}, {"filesyms", required_argument, nullptr, 'F'},
    {"errsyms", no_argument, nullptr, 'e'},      {"show", no_argument, nullptr, 'n'},
    {"symbol-prefix", required_argument, nullptr, 'P'}, {"verbose", no_argument, nullptr, 'v'},
    {"warn", no_argument, nullptr, 'w'},         {"version", no_argument, nullptr, 'V'},
    {"help", no_argument, nullptr, 'h'},         {},
};

struct Line {
    bool quick = false, show = false;
    std::string base, conf, map, symvers;
    KmodDepmodOptions options;
    std::vector<std::string> words;
};

std::optional<int> read_line(const Invocation& invocation, Line& line)
{
    std::optional<int> over;
    line.words = read_modutils_options(invocation, "aAb:C:E:F:euqrvnP:wVh", long_options, [&](int letter, const char* argument) {
        if (over) return;
        switch (letter) {
        case 'A': line.quick = true; break;
        case 'b': line.base = argument; break;
        case 'C': line.conf = argument; break;
        case 'E': line.symvers = argument; break;
        case 'F': line.map = argument; break;
        case 'e': line.options.errors = true; break;
        case 'P':
            line.options.symbol_prefix = argument[0];
            if (argument[0] == '\0' || argument[1] == '\0') break;
            std::fputs("depmod: FATAL: -P only takes a single char\n", stderr);
            over = exit_status::failure;
            break;
        case 'n': line.show = true; break;
        case 'w': line.options.warnings = true; break;
        case 'V':
            show_kmod_version();
            over = 0;
            break;
        case 'h':
            std::fputs(usage, stdout);
            over = 0;
            break;
        case '?': over = exit_status::failure; break;
        }
    });
    return over;
}

/// The kernel's own symbols: `__ksymtab_NAME` of a System.map (-F), or those of vmlinux of a Module.symvers (-E).
std::optional<std::vector<KmodSymbol>> kernel_symbols(const Line& line, const FileTree& tree)
{
    const bool map = line.symvers.empty();
    const auto& path = map ? line.map : line.symvers;
    if (path.empty()) return std::nullopt;
    const auto text = read_conf_file(tree.of_user(path));
    if (!text) throw std::runtime_error(fmt::format("{}: {}", path, std::strerror(errno)));
    constexpr std::string_view prefix = "__ksymtab_";
    std::vector<KmodSymbol> symbols;
    std::istringstream lines(*text);
    for (std::string each; std::getline(lines, each);) {
        std::istringstream words(each);
        std::string value, a, b;
        if (!(words >> value >> a >> b)) continue;
        if (map && b.starts_with(prefix)) symbols.push_back({.name = b.substr(prefix.size())});
        if (!map && b == "vmlinux") symbols.push_back({.name = a, .crc = std::strtoull(value.c_str(), nullptr, 16)});
    }
    return symbols;
}

bool is_up_to_date(const std::string& folder)
{
    std::error_code error;
    const auto made = fs::last_write_time(folder + "/modules.dep", error);
    if (error) return false;
    for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        std::error_code unknown;
        if (entry->path().string().find(".ko") != std::string::npos && fs::last_write_time(*entry, unknown) > made) return false;
    }
    return true;
}

bool write(const std::string& folder, const KmodFile& file, const Speech& speech)
{
    const auto path = fmt::format("{}/{}", folder, file.name);
    const auto fresh = fmt::format("{}.{}", path, ::getpid());
    std::ofstream into(fresh, std::ios::binary);
    into << file.contents;
    into.close();
    if (into && std::rename(fresh.c_str(), path.c_str()) == 0) return true;
    speech.error(fmt::format("ERROR: openat({}, {}, 0640): {}", folder, file.name, std::strerror(errno)));
    std::remove(fresh.c_str());
    return false;
}

} // namespace

int kmod_depmod_command(const Invocation& invocation)
{
    Line line;
    if (const auto over = read_line(invocation, line)) return *over;
    ToolVoice voice("depmod", ToSyslog::no);
    const auto& speech = voice.speech();
    const auto home = ModuleHome::of(invocation);
    const FileTree tree(line.base.empty() ? home.tree().root() : home.tree().of_user(line.base));
    unsigned major = 0, minor = 0;
    const bool by_version = !line.words.empty() && std::sscanf(line.words.front().c_str(), "%u.%u", &major, &minor) == 2;
    if (!line.words.empty() && !by_version) {
        speech.error(fmt::format("ERROR: Bad version passed {}", line.words.front()));
        return exit_status::failure;
    }
    const auto release = by_version ? line.words.front() : home.release();
    const auto folder = tree.host("/lib/modules/" + release);
    std::error_code error;
    if (!fs::is_directory(folder, error)) {
        speech.error(fmt::format("ERROR: could not open directory {}: {}", folder, std::strerror(ENOENT)));
        speech.error(fmt::format("FATAL: could not search modules: {}", std::strerror(ENOENT)));
        return exit_status::failure;
    }
    if (line.quick && is_up_to_date(folder)) return 0;
    line.options.kernel_symbols = kernel_symbols(line, home.tree());
    line.options.conf = read_depmod_conf(home.tree(), line.conf, release);
    line.options.checks_versions = !line.symvers.empty();
    if (line.options.errors && !line.options.kernel_symbols) speech.error("WARNING: -e needs -E or -F");
    KmodDepmod depmod(folder, line.options, speech);
    depmod.read_all();
    if (!depmod.resolve()) return exit_status::failure;
    for (const auto& file : depmod.files()) {
        if (!line.show && !write(folder, file, speech)) return exit_status::failure;
        if (line.show && !file.binary) std::fwrite(file.contents.data(), 1, file.contents.size(), stdout);
    }
    return 0;
}

} // namespace retromod
