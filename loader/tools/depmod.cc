// SPDX-License-Identifier: GPL-2.0-or-later
// depmod: options and texts are modutils 2.4's; loader/modules does the work.
#include "loader/modules/depmod.h"

#include "emu/kernel/module_requests.h"
#include "loader/api/machine_path.h"
#include "loader/legacy/kernel_info.h"
#include "loader/legacy/sentences.h"
#include "loader/tools/kmod_tools.h"
#include "loader/tools/module_commands.h"
#include "loader/tools/module_home.h"
#include "loader/tools/modutils_options.h"
#include "loader/tools/tool_voice.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <unistd.h>

namespace retromod {
namespace {

constexpr int depmod_failed = 1;
constexpr int cannot_write = 255;

// Source: modutils 2.4 depmod.c.
constexpr std::string_view usage =
    "depmod {}\n"
    "depmod -[aA] [-n -e -v -q -V -r -u]\n"
    "      [-C configfile] [-F kernelsyms] [-b basedirectory] [forced_version]\n"
    "depmod [-n -e -v -q -r -u] [-F kernelsyms] module1.o module2.o ...\n"
    "If no arguments (except options) are given, \"depmod -a\" is assumed\n"
    "\n"
    "depmod will output a dependancy list suitable for the modprobe utility.\n"
    "depmod -a will find the list of modules to probe from the file\n"
    "/etc/modules.conf. It will output the result into the depfile specified\n"
    "in this configuration file\n"
    "\n"
    "depmod -A is the same as depmod -a, but will first compare the timestamps\n"
    "of the files involved to see if the depfile needs updating.\n"
    "\n"
    "Normally depmod operates silently, reporting only the list of modules that\n"
    "won't load properly (missing symbols).\n"
    "\n"
    "Options:\n"
    "\t-a, --all            Probe modules listed in /etc/modules.conf\n"
    "\t-A                   Like -a, compares timestamps first\n"
    "\t-q, --quiet          Don't report missing symbols\n"
    "\t-e, --errsyms        List unresolved symbols for the given module\n"
    "\t-s, --syslog         Report errors using syslog\n"
    "\t-v, --verbose        Print all visited modules\n"
    "\t-n, --show           Write the dependency file on stdout only\n"
    "\t-r, --root           Allow root to allow modules not owned by root\n"
    "\t-V, --version        Print the release version\n"
    "\t-u, --unresolved-error Set an error return code for unresolved symbols\n"
    "\t-h, --help           Print this usage message\n"
    "\n"
    "The following options are useful for people managing distributions:\n"
    "\t-b basedirectory\n"
    "\t    --basedir basedirectory    Use an image of a module tree.\n"
    "\t-C configfile\n"
    "\t    --config configfile        Use the file instead of\n"
    "\t                               /etc/modules.conf.\n"
    "\t-F kernelsyms\n"
    "\t    --filesyms kernelsyms      Use the file instead of the\n"
    "\t                               current kernel symbols.\n";

constexpr option long_options[] = {
    {"all", no_argument, nullptr, 'a'},      {"basedir", required_argument, nullptr, 'b'},
    {"config", required_argument, nullptr, 'C'}, {"errsyms", no_argument, nullptr, 'e'},
    {"filesyms", required_argument, nullptr, 'F'}, {"help", no_argument, nullptr, 'h'},
    {"show", no_argument, nullptr, 'n'},     {"quick", no_argument, nullptr, 'A'},
    {"quiet", no_argument, nullptr, 'q'},    {"syslog", no_argument, nullptr, 's'},
    {"verbose", no_argument, nullptr, 'v'},  {"version", no_argument, nullptr, 'V'},
    {"root", no_argument, nullptr, 'r'},     {"unresolved-error", no_argument, nullptr, 'u'}, {},
};

/// depmod's command line, read.
struct DepmodLine {
    bool all = false, quick = false, show = false, verbose = false, any_owner = false, unresolved_fails = false, syslog = false;
    Depmod::UnresolvedWords words;
    std::string base, conf;
    std::optional<std::string> symbols;
    std::vector<std::string> files; ///< or the release, with -a
};

std::optional<int> read_line(const Invocation& invocation, DepmodLine& line)
{
    std::optional<int> over;
    line.files = read_modutils_options(invocation, "aAb:C:eF:hnqsvVru", long_options, [&](int letter, const char* argument) {
        switch (letter) {
        case 'A':
        case 'a':
            line.quick = letter == 'A';
            line.all = true;
            break;
        case 'b': line.base = argument; break;
        case 'C': line.conf = argument; break;
        case 'e': line.words.names = true; break;
        case 'F': line.symbols = argument; break;
        case 'n': line.show = true; break;
        case 'q': line.words.quiet = true; break;
        case 's': line.syslog = true; break;
        case 'v': line.verbose = true; break;
        case 'V': fmt::print("depmod version {}\n", modutils_version); break;
        case 'r': line.any_owner = true; break;
        case 'u': line.unresolved_fails = true; break;
        default:
            if (!over) fmt::print(stderr, fmt::runtime(usage), modutils_version);
            over = 0; // whatever the letter
        }
    });
    if (line.files.empty()) line.all = true;
    return over;
}

/// The names that the machine's kernel offers.
std::optional<std::vector<std::string>> symbols_of_machine(ModuleCalls& calls, const Arch& arch, const TextSinks& sinks)
{
    Messages messages(sinks, "depmod");
    const auto info = get_kernel_info(calls, arch, {.symbols = true}, messages);
    if (!info) return std::nullopt;
    std::vector<std::string> names;
    for (const auto& symbol : info->symbols)
        names.emplace_back(symbol.name.starts_with("GPLONLY_") ? symbol.name.substr(8) : symbol.name);
    return names;
}

/// One run of depmod.
class DepmodRun {
public:
    DepmodRun(const DepmodLine& line, ModuleHome home, const ToolVoice& voice)
        : line_(line), home_(std::move(home)), base_(line.base.empty() ? home_.tree() : FileTree(home_.tree().of_user(line.base))),
          voice_(voice), speech_(voice.speech())
    {
    }

    int run(std::vector<std::string> symbols)
    {
        Depmod depmod(std::move(symbols), line_.symbols.has_value(), modutils_sentence, speech_);
        if (!line_.all) {
            for (const auto& file : line_.files) depmod.add(home_.tree().of_user(file), file);
            return finish(depmod, {});
        }
        const auto conf = home_.read_conf(
            {.scope = ConfScope::paths, .file = line_.conf, .environment = environment_variables()}, speech_);
        if (!conf) {
            if (!line_.files.empty()) speech_.error(" does not exist"); // modutils has no name for it by then
            return depmod_failed;
        }
        const auto paths = list_modules({base_, *conf, speech_, OwnerCheck{!line_.any_owner}});
        if (line_.quick && is_up_to_date(*conf, paths)) return 0;
        for (const auto& path : paths) depmod.add(base_.host(path), line_.base + path);
        return finish(depmod, *conf);
    }

private:
    const DepmodLine& line_;
    ModuleHome home_;
    FileTree base_; ///< of the modules and of what is written
    const ToolVoice& voice_;
    const Speech& speech_;

    bool is_up_to_date(const ModulesConf& conf, const std::vector<std::string>& paths) const
    {
        auto oldest = base_.modified(conf.generated.front());
        for (const auto& file : conf.generated) oldest = std::min(oldest, base_.modified(file));
        if (oldest == 0 || conf.modified > oldest) return false;
        return std::ranges::all_of(paths, [&](const auto& path) { return base_.modified(path) <= oldest; });
    }

    int finish(const Depmod& depmod, const std::optional<ModulesConf>& conf)
    {
        const bool had_errors = voice_.errors() != 0; // unresolved symbols are no errors, without -u
        auto resolved = depmod.resolve(line_.words);
        for (auto& module : resolved.modules) {
            module.path.erase(0, line_.base.size());
            for (auto& dependency : module.dependencies) dependency.erase(0, line_.base.size());
            if (line_.verbose) speech_.print(module.path);
        }
        const int status = had_errors || (resolved.unresolved && line_.unresolved_fails) ? depmod_failed : 0;
        const auto dependencies = dep_file_text(resolved.modules);
        if (line_.show || !conf) {
            std::fwrite(dependencies.data(), 1, dependencies.size(), stdout);
            for (std::size_t index = 0; index + 1 < generated_file_count; ++index) {
                const auto text = depmod.map_text(static_cast<GeneratedFile>(index));
                std::fwrite(text.data(), 1, text.size(), stdout);
            }
            return status;
        }
        for (std::size_t index = 0; index < generated_file_count; ++index) { // modules.dep is the last of them
            const auto which = static_cast<GeneratedFile>(index);
            if (!write(conf->generated[index], which == GeneratedFile::dep ? dependencies : depmod.map_text(which)))
                return cannot_write;
        }
        return status;
    }

    /// Writes a file beside the old one and puts it in its place.
    bool write(const std::string& path, const std::string& text) const
    {
        const auto host = base_.host(path);
        const auto fresh = fmt::format("{}.{}", host, ::getpid());
        const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(fresh.c_str(), "wbe"),
                                                                   [](std::FILE* f) { return f ? std::fclose(f) : 0; });
        const bool written = file && std::fwrite(text.data(), 1, text.size(), file.get()) == text.size() &&
                             std::fflush(file.get()) == 0 && std::rename(fresh.c_str(), host.c_str()) == 0;
        if (written) return true;
        if (file) std::remove(fresh.c_str());
        speech_.error(fmt::format("Can't open {} for writing", line_.base + path));
        return false;
    }
};

std::string release_of(const DepmodLine& line, std::string release)
{
    return line.all && !line.files.empty() ? line.files.front() : std::move(release);
}

int run_with_symbols(const DepmodLine& line, ModuleHome home, std::optional<std::vector<std::string>> symbols,
                     const ToolVoice& voice)
{
    if (!symbols) return depmod_failed;
    return DepmodRun(line, std::move(home), voice).run(std::move(*symbols));
}

/// Where there is no machine, the release that the command line names says whose depmod is meant.
bool is_for_modern_tree(const Invocation& invocation)
{
    if (MachineFile(machine_path(invocation.machine)).exists() || invocation.arguments.empty()) return false;
    unsigned major = 0, minor = 0;
    if (std::sscanf(invocation.arguments.back().c_str(), "%u.%u", &major, &minor) != 2) return false;
    return major > 2 || (major == 2 && minor >= 6);
}

} // namespace

int depmod_command(const Invocation& invocation)
{
    if (is_modern_machine(invocation) || is_for_modern_tree(invocation)) return kmod_depmod_command(invocation);
    DepmodLine line;
    if (const auto over = read_line(invocation, line)) return *over;
    const auto path = machine_path(invocation.machine);
    if (line.symbols && !MachineFile(path).exists()) { // nothing of a machine is needed
        ToolVoice voice("depmod", ToSyslog::no);
        const auto home = ModuleHome::of(invocation, "", release_of(line, "2.4.20"));
        return run_with_symbols(line, home, read_kernel_symbols(home.tree().of_user(*line.symbols), *line.symbols, voice.speech()),
                                voice);
    }
    auto unjailed = invocation; // no guest code runs, and files are renamed
    unjailed.jailed = Jailed::no;
    ToolSession session(unjailed, line.syslog ? Purpose::change : Purpose::look);
    return run_in_session(session, [&] {
        ToolVoice voice("depmod", ToSyslog{line.syslog});
        const auto home = ModuleHome::of(invocation, session->kernel().module_requests().folder(),
                                         release_of(line, session->system().release()));
        auto symbols = line.symbols ? read_kernel_symbols(home.tree().of_user(*line.symbols), *line.symbols, voice.speech())
                                    : symbols_of_machine(session.module_calls(), session->arch(), voice.sinks());
        const auto status = run_with_symbols(line, home, std::move(symbols), voice);
        if (voice.flush(session->kernel())) session.commit();
        return status;
    });
}

} // namespace retromod
