// SPDX-License-Identifier: GPL-2.0-or-later
// modprobe: options and texts are modutils 2.4's; loader/modules does the work.
#include "loader/modules/modprobe.h"

#include "loader/tools/kmod_tools.h"
#include "loader/tools/modprobe_session.h"
#include "loader/tools/module_commands.h"
#include "loader/tools/modutils_options.h"
#include "loader/tools/tool_voice.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

// Source: modutils 2.4 modprobe.c.
constexpr std::string_view usage = "modprobe {}\n"
                                   "Load/Unload modules with dependencies\n"
                                   "\n"
                                   "Load module(s):\n"
                                   "  modprobe [-a -n -v ] [-C config ] [ -t type ] pattern OR module1 module2 ...\n"
                                   "List modules:\n"
                                   "  modprobe [-l ] [-C config ] [ -t type ] pattern\n"
                                   "   note: wildcard patterns should be escaped\n"
                                   "Show configuration:\n"
                                   "  modprobe [-C config ] -c\n"
                                   "Remove module(s) or autoclean:\n"
                                   "  modprobe [-C config ] -r [ module ...]\n"
                                   "\n"
                                   "options:\n"
                                   "\t-a, --all                  Load _all_ matching modules\n"
                                   "\t-c, --showconfig           Show current configuration\n"
                                   "\t-d, --debug                Print debugging information\n"
                                   "\t-h, --help                 Print this message\n"
                                   "\t-k, --autoclean            Set 'autoclean' on loaded modules\n"
                                   "\t-l, --list                 List matching modules\n"
                                   "\t-n, --show                 Don't actually perform the action\n"
                                   "\t-q, --quiet                Quiet operation\n"
                                   "\t-r, --remove               Remove module (stacks) or do autoclean\n"
                                   "\t-s, --syslog               Use syslog to report\n"
                                   "\t-t, --type moduletype      Only look for modules of this type\n"
                                   "\t-v, --verbose              Print all commands\n"
                                   "\t-V, --version              Show version\n"
                                   "\t-C, --config configfile    Use instead of /etc/modules.conf\n";

constexpr option long_options[] = {
    {"type", required_argument, nullptr, 't'},  {"all", no_argument, nullptr, 'a'},     {"debug", no_argument, nullptr, 'd'},
    {"showconfig", no_argument, nullptr, 'c'},  {"list", no_argument, nullptr, 'l'},    {"show", no_argument, nullptr, 'n'},
    {"remove", no_argument, nullptr, 'r'},      {"verbose", no_argument, nullptr, 'v'}, {"version", no_argument, nullptr, 'V'},
    {"autoclean", no_argument, nullptr, 'k'},   {"syslog", no_argument, nullptr, 's'},  {"config", required_argument, nullptr, 'C'},
    {"quiet", required_argument, nullptr, 'q'}, {"help", no_argument, nullptr, 'h'},    {},
};

/// What one modprobe is to do.
struct ModprobeLine {
    ModprobeOptions options;
    std::string conf;
    std::vector<std::string> words;
    enum class Job : std::uint8_t { load, remove, list, show_conf } job = Job::load;
};

/// The kernel calls modprobe with just these variables: its word is a module's name, whatever it looks like.
bool is_safe_mode()
{
    static const std::map<std::string, std::string> of_kernel = {
        {"HOME", "/"}, {"TERM", "linux"}, {"PATH", "/sbin:/usr/sbin:/bin:/usr/bin"}};
    const auto variables = environment_variables();
    return std::ranges::all_of(variables, [&](const auto& variable) {
        const auto found = of_kernel.find(variable.first);
        return found != of_kernel.end() && found->second == variable.second;
    });
}

/// Reads the command line; or the exit status that there is already.
std::optional<int> read_line(const Invocation& invocation, ModprobeLine& line)
{
    using Job = ModprobeLine::Job;
    auto getopt_words = invocation;
    std::vector<std::string> last;
    if (line.options.safe_mode && !getopt_words.arguments.empty()) {
        last = {getopt_words.arguments.back()};
        getopt_words.arguments.pop_back();
    }
    std::optional<int> over;
    auto& options = line.options;
    line.words = read_modutils_options(getopt_words, "t:acdhlnqrvksC:V", long_options, [&](int letter, const char* argument) {
        switch (letter) {
        case 't': options.type = argument; break;
        case 'a': options.all = true; break;
        case 'c': line.job = Job::show_conf; break;
        case 'd': options.debug = true; break;
        case 'h': over = over.value_or(0); break;
        case 'l': line.job = line.job == Job::load ? Job::list : line.job; break;
        case 'n': options.no_run = true; break;
        case 'q': options.quiet = true; break;
        case 'r': line.job = line.job == Job::show_conf ? line.job : Job::remove; break;
        case 'v': options.verbose = true; break;
        case 'k': options.autoclean = options.quiet = true; break;
        case 's': options.syslog = true; break;
        case 'C': line.conf = argument; break;
        case 'V': fmt::print("modprobe version {}\n", modutils_version); break;
        default: over = over.value_or(modprobe_failed);
        }
    });
    if (over) fmt::print(stderr, fmt::runtime(usage), modutils_version);
    line.words.insert(line.words.end(), last.begin(), last.end());
    return over;
}

/// What safe mode refuses, or nothing.
std::string_view safe_mode_refusal(const ModprobeLine& line)
{
    if (!line.options.safe_mode) return {};
    if (line.words.size() != 1) return "Safe mode has more than one parameter";
    if (line.words.front().starts_with('-')) return "Safe mode parameter starts with '-'";
    if (line.words.front().find('=') != std::string::npos) return "Safe mode parameter contains '='";
    return {};
}

int run(const ModprobeLine& line, const ModuleHome& home, ModprobeActions& actions, const Speech& speech)
{
    using Job = ModprobeLine::Job;
    const auto conf = home.read_conf({.scope = ConfScope::everything,
                                      .file = line.conf,
                                      .autoclean = line.options.autoclean,
                                      .safe_mode = line.options.safe_mode,
                                      .environment = environment_variables()},
                                     speech);
    if (!conf) return modprobe_failed;
    const auto dep = home.read_dep(*conf, speech);
    if (!dep) return modprobe_failed;
    if (const auto refusal = safe_mode_refusal(line); !refusal.empty()) {
        speech.error(refusal);
        return exit_status::failure;
    }
    const auto find = [&](const std::string& pattern, const std::string& type) {
        return list_modules({home.tree(), *conf, speech, OwnerCheck::on}, pattern, type);
    };
    switch (line.job) {
    case Job::show_conf: show_modules_conf(*conf, modutils_version, speech); return 0;
    case Job::list:
        for (const auto& pattern : line.words.empty() ? std::vector<std::string>{"*"} : line.words)
            for (const auto& path : find(pattern, line.options.type)) speech.print(path);
        return 0;
    case Job::load:
    case Job::remove: break;
    }
    auto dependencies = *dep;
    dependencies.add({.path = "null", .key = "null", .dependencies = {}});
    Modprobe modprobe(line.options, *conf, dependencies, find, actions, speech);
    if (line.job == Job::load) return modprobe.load(line.words);
    return line.words.empty() ? modprobe.sweep() : modprobe.remove(line.words);
}

} // namespace

int modprobe_command(const Invocation& whole)
{
    if (is_modern_machine(whole)) return kmod_modprobe_command(whole);
    auto invocation = whole;
    const bool runs_commands = take_run_commands(invocation);
    ModprobeLine line;
    line.options.safe_mode = is_safe_mode();
    if (const auto over = read_line(invocation, line)) return *over;
    const bool looks = line.options.no_run || line.job == ModprobeLine::Job::show_conf || line.job == ModprobeLine::Job::list;
    CommandRunner runner(invocation, CommandRunner::Runs{runs_commands && !looks && invocation.dry_run == DryRun::no &&
                                                      invocation.check_memory == CheckMemory::no});
    ToolSession session(invocation, looks ? Purpose::look : Purpose::change);
    session.limits().files = std::max(session.limits().files, JailFiles::read); // the next module's, after one ran
    return run_in_session(session, [&] {
        ToolVoice voice("modprobe", ToSyslog{line.options.syslog});
        const auto home = ModuleHome::of(invocation, *session);
        SessionActions actions(invocation, *session, session.module_calls(), home, voice.sinks(), voice.speech(),
                               runner.runs() ? &runner : nullptr);
        const auto status = run(line, home, actions, voice.speech());
        if (voice.flush(session->kernel())) session.commit();
        return status;
    });
}

} // namespace retromod
