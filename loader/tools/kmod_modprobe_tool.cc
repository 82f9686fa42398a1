// SPDX-License-Identifier: GPL-2.0-or-later
// modprobe on a machine since 2.6: options and texts are kmod 30's; loader/modules does the work.
#include "loader/api/modern_kernel_calls.h"
#include "loader/modules/kmod_depmod.h"
#include "loader/modules/kmod_modprobe.h"

#include "loader/tools/kmod_session.h"
#include "loader/tools/kmod_tools.h"
#include "loader/tools/modutils_options.h"
#include "loader/tools/tool_session.h"
#include "loader/tools/tool_voice.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

namespace retromod {
namespace {

// Source: kmod 30 tools/modprobe.c.
constexpr const char* usage =
    "Usage:\n"
    "\tmodprobe [options] [-i] [-b] modulename\n"
    "\tmodprobe [options] -a [-i] [-b] modulename [modulename...]\n"
    "\tmodprobe [options] -r [-i] modulename\n"
    "\tmodprobe [options] -r -a [-i] modulename [modulename...]\n"
    "\tmodprobe [options] -c\n"
    "\tmodprobe [options] --dump-modversions filename\n"
    "Management Options:\n"
    "\t-a, --all                   Consider every non-argument to\n"
    "\t                            be a module name to be inserted\n"
    "\t                            or removed (-r)\n"
    "\t-r, --remove                Remove modules instead of inserting\n"
    "\t    --remove-dependencies   Deprecated: use --remove-holders\n"
    "\t    --remove-holders        Also remove module holders (use together with -r)\n"
    "\t-w, --wait <MSEC>           When removing a module, wait up to MSEC for\n"
    "\t                            module's refcount to become 0 so it can be\n"
    "\t                            removed (use together with -r)\n"
    "\t    --first-time            Fail if module already inserted or removed\n"
    "\t-i, --ignore-install        Ignore install commands\n"
    "\t-i, --ignore-remove         Ignore remove commands\n"
    "\t-b, --use-blacklist         Apply blacklist to resolved alias.\n"
    "\t-f, --force                 Force module insertion or removal.\n"
    "\t                            implies --force-modversions and\n"
    "\t                            --force-vermagic\n"
    "\t    --force-modversion      Ignore module's version\n"
    "\t    --force-vermagic        Ignore module's version magic\n"
    "\n"
    "Query Options:\n"
    "\t-R, --resolve-alias         Only lookup and print alias and exit\n"
    "\t-D, --show-depends          Only print module dependencies and exit\n"
    "\t-c, --showconfig            Print out known configuration and exit\n"
    "\t-c, --show-config           Same as --showconfig\n"
    "\t    --show-modversions      Dump module symbol version and exit\n"
    "\t    --dump-modversions      Same as --show-modversions\n"
    "\t    --show-exports          Only print module exported symbol versions and exit\n"
    "\n"
    "General Options:\n"
    "\t-n, --dry-run               Do not execute operations, just print out\n"
    "\t-n, --show                  Same as --dry-run\n"
    "\t-C, --config=FILE           Use FILE instead of default search paths\n"
    "\t-d, --dirname=DIR           Use DIR as filesystem root for /lib/modules\n"
    "\t-S, --set-version=VERSION   Use VERSION instead of `uname -r`\n"
    "\t-s, --syslog                print to syslog, not stderr\n"
    "\t-q, --quiet                 disable messages\n"
    "\t-v, --verbose               enables more messages\n"
    "\t-V, --version               show version\n"
    "\t-h, --help                  show this help\n";

/// Options without a letter.
enum LongOnly : int { remove_holders = 256, first_time, force_modversion, force_vermagic, show_modversions, show_exports };

constexpr option long_options[] = {
    {"all", no_argument, nullptr, 'a'},
    {"remove", no_argument, nullptr, 'r'},
    {"remove-dependencies", no_argument, nullptr, remove_holders},
    {"remove-holders", no_argument, nullptr, remove_holders},
    {"wait", required_argument, nullptr, 'w'},
    {"first-time", no_argument, nullptr, first_time},
    {"ignore-install", no_argument, nullptr, 'i'},
    {"ignore-remove", no_argument, nullptr, 'i'},
    {"use-blacklist", no_argument, nullptr, 'b'},
    {"force", no_argument, nullptr, 'f'},
    {"force-modversion", no_argument, nullptr, force_modversion},
    {"force-vermagic", no_argument, nullptr, force_vermagic},
    {"resolve-alias", no_argument, nullptr, 'R'},
    {"show-depends", no_argument, nullptr, 'D'},
    {"showconfig", no_argument, nullptr, 'c'},
    {"show-config", no_argument, nullptr, 'c'},
    {"show-modversions", no_argument, nullptr, show_modversions},
    {"dump-modversions", no_argument, nullptr, show_modversions},
    {"show-exports", no_argument, nullptr, show_exports},
    {"dry-run", no_argument, nullptr, 'n'},
    {"show", no_argument, nullptr, 'n'},
    {"config", required_argument, nullptr, 'C'},
    {"dirname", required_argument, nullptr, 'd'},
    {"set-version", required_argument, nullptr, 'S'},
    {"syslog", no_argument, nullptr, 's'},
    {"quiet", no_argument, nullptr, 'q'},
    {"verbose", no_argument, nullptr, 'v'},
    {"version", no_argument, nullptr, 'V'},
    {"help", no_argument, nullptr, 'h'},
    {},
};

struct Line {
    KmodModprobeOptions options;
    bool remove = false, show_conf = false, syslog = false;
    std::optional<KmodSymbols> show_symbols{};
    std::string conf, folder, release;
    std::vector<std::string> words;
};

std::optional<int> read_line(const Invocation& invocation, Line& line)
{
    auto& options = line.options;
    std::optional<int> over;
    line.words = read_modutils_options(invocation, "+arw:ibfDcnC:d:S:sqvVhR", long_options, [&](int letter, const char* argument) {
        if (over) return;
        switch (letter) {
        case 'a': options.all = true; break;
        case 'r': line.remove = true; break;
        case remove_holders: options.remove_holders = true; break;
        case 'w': break; // a module that is busy stays so: nothing else runs while modprobe does
        case first_time: options.first_time = true; break;
        case 'i': options.ignore_commands = true; break;
        case 'b': options.blacklist = true; break;
        case 'f':
            options.insert_flags = modern_flag::ignore_modversions | modern_flag::ignore_vermagic;
            options.force_removal = true;
            break;
        case force_modversion: options.insert_flags |= modern_flag::ignore_modversions; break;
        case force_vermagic: options.insert_flags |= modern_flag::ignore_vermagic; break;
        case show_modversions: line.show_symbols = KmodSymbols::versions; break;
        case show_exports: line.show_symbols = KmodSymbols::exports; break;
        case 'R': options.resolve = true; break;
        case 'D':
            options.show_depends = true;
            options.dry_run = true;
            break;
        case 'c': line.show_conf = true; break;
        case 'n': options.dry_run = true; break;
        case 'C': line.conf = argument; break;
        case 'd': line.folder = argument; break;
        case 'S': line.release = argument; break;
        case 's': line.syslog = true; break;
        case 'q': options.quiet = true; break;
        case 'v': options.verbose = true; break;
        case 'V':
            show_kmod_version();
            over = 0;
            break;
        case 'h':
            std::fputs(usage, stdout);
            over = 0;
            break;
        default: over = exit_status::failure;
        }
    });
    return over;
}

/// --show-modversions, --show-exports: of a file, not of a module's name.
int show_symbols(KmodSymbols which, const std::string& path)
{
    const auto symbols = kmod_symbols(path, which);
    const auto what = which == KmodSymbols::versions ? "modversions" : "symbols";
    std::string_view reason;
    if (!symbols && symbols.problem().kind == ProblemKind::cannot_open) {
        fmt::print(stderr, "modprobe: FATAL: Module {} not found.\n", path);
        return exit_status::failure;
    }
    if (!symbols) reason = std::strerror(ENOEXEC);
    else if (!symbols->has_value()) reason = std::strerror(ENOENT);
    if (!reason.empty()) {
        fmt::print(stderr, "modprobe: FATAL: could not get {} of {}: {}\n", what, path, reason);
        return exit_status::failure;
    }
    for (const auto& symbol : **symbols) fmt::print("{:#010x}\t{}\n", symbol.crc, symbol.name);
    return 0;
}

int run(const Line& line, const ModuleHome& home, Session& session, ModernCalls& calls, const Speech& speech, CommandRunner* runner)
{
    const FileTree tree(line.folder.empty() ? home.tree().root() : home.tree().of_user(line.folder));
    const auto command_line = calls.read_file("/proc/cmdline");
    auto conf = read_modprobe_conf(home.tree(), line.conf, command_line ? *command_line : std::string_view(), speech);
    const KmodIndexes indexes(tree, "/lib/modules/" + (line.release.empty() ? home.release() : line.release));
    if (line.show_conf) {
        for (auto& soft : indexes.soft_dependencies()) conf.soft_dependencies.push_back(std::move(soft));
        const auto text = modprobe_conf_text(conf) + "\n# End of configuration files. Dumping indexes now:\n\n" +
                          indexes.alias_listing();
        speech.print(text.substr(0, text.size() - 1));
        return 0;
    }
    KmodSessionActions actions(session, calls, home, speech, runner);
    KmodModprobe modprobe(line.options, conf, indexes, actions, speech);
    return line.remove ? modprobe.remove(line.words) : modprobe.insert(line.words);
}

} // namespace

int kmod_modprobe_command(const Invocation& whole)
{
    auto invocation = whole;
    const bool runs_commands = take_run_commands(invocation);
    Line line;
    if (const auto over = read_line(invocation, line)) return *over;
    if (line.words.empty() && !line.show_conf) {
        std::fputs("modprobe: ERROR: missing parameters. See -h.\n", stderr);
        return exit_status::failure;
    }
    if (line.show_symbols) return show_symbols(*line.show_symbols, line.words.front());
    const bool looks = line.options.dry_run || line.show_conf || line.options.resolve;
    CommandRunner runner(invocation, CommandRunner::Runs{runs_commands && !looks && invocation.dry_run == DryRun::no &&
                                                      invocation.check_memory == CheckMemory::no});
    ToolSession session(invocation, looks ? Purpose::look : Purpose::change);
    session.limits().files = std::max(session.limits().files, JailFiles::read);
    return run_in_session(session, [&] {
        ModernKernelCalls calls(session->kernel(), session->calls());
        ToolVoice voice("modprobe", ToSyslog{line.syslog});
        const auto home = ModuleHome::of(invocation, *session);
        const auto status = run(line, home, *session, calls, voice.speech(), runner.runs() ? &runner : nullptr);
        if (voice.flush(session->kernel())) session.commit();
        return status;
    });
}

} // namespace retromod
