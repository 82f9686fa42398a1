// SPDX-License-Identifier: GPL-2.0-or-later
// rmmod: options and texts are modutils 2.4's; loader/legacy does the work.
#include "loader/legacy/rmmod.h"

#include "emu/kernel/clock.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/memory/address_space.h"
#include "loader/api/insmod_run.h"
#include "loader/api/machine_path.h"
#include "loader/legacy/kernel_info.h"
#include "loader/legacy/persistent_data.h"
#include "loader/tools/commands.h"
#include "loader/tools/kmod_tools.h"
#include "loader/tools/ksymoops_snapshot.h"
#include "loader/tools/modutils_options.h"
#include "loader/tools/tool_session.h"
#include "loader/tools/tool_voice.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace retromod {
namespace {

// Source: modutils 2.4 rmmod.c.
constexpr const char* usage = "Usage:\n"
                              "rmmod [-aehrsvV] module ...\n"
                              "\n"
                              "  -a, --all     Remove all unused modules\n"
                              "  -e, --persist Save persistent data, do not unload module\n"
                              "  -r, --stacks  Remove stacks, starting at the named module\n"
                              "  -s, --syslog  Use syslog for error messages\n"
                              "  -h, --help    Print this message\n"
                              "  -v, --verbose Be verbose\n"
                              "  -V, --version Print the release version number\n";

constexpr option long_options[] = {
    {"all", no_argument, nullptr, 'a'},    {"persist", no_argument, nullptr, 'e'}, {"help", no_argument, nullptr, 'h'},
    {"stacks", no_argument, nullptr, 'r'}, {"syslog", no_argument, nullptr, 's'},  {"verbose", no_argument, nullptr, 'v'},
    {"version", no_argument, nullptr, 'V'}, {},
};

struct RmmodLine {
    RmmodOptions options;
    bool syslog = false;
    bool verbose = false;
    bool persist = false; ///< -e: save persistent data, remove nothing
};

/// Reads the command line; or the exit status that there is already.
std::optional<int> read_line(const Invocation& invocation, RmmodLine& line)
{
    auto& options = line.options;
    std::optional<int> over;
    const auto take = [&](int letter, const char*) {
        switch (letter) {
        case 'a':
            options.all = true; // at once: what stands behind it does not count
            line.persist = false;
            over = 0;
            break;
        case 'e': line.persist = true; break;
        case 'r': options.stacks = true; break;
        case 's': line.syslog = true; break;
        case 'v': line.verbose = true; break;
        case 'V': fmt::print(stderr, "rmmod version {}\n", modutils_version); break;
        case 'h': over = 0; break;
        case '?': over = exit_status::failure; break;
        }
    };
    options.names = read_modutils_options(invocation, "aehrsvV", long_options, take, &over);
    if (options.all) return std::nullopt;
    if (!over && options.names.empty() && !line.persist) over = exit_status::failure;
    if (over) std::fputs(usage, stderr);
    return over;
}

std::optional<std::vector<std::byte>> read_memory(Kernel& kernel, GuestAddr from, std::uint64_t bytes)
{
    std::vector<std::byte> memory(bytes);
    if (kernel.memory().read(from, memory) != bytes) return std::nullopt;
    return memory;
}

/// Saves the persistent data of the named modules; of all, where none is named or stacks are to go.
void save_data(const RmmodLine& line, const Invocation& invocation, ToolSession& session, ToolVoice& voice)
{
    const auto sinks = voice.sinks();
    Messages messages(sinks, "rmmod");
    const auto info = get_kernel_info(session.module_calls(), session->arch(), {.symbols = true}, messages);
    if (!info || (!line.verbose && !any_has_persistent_data(*info))) return;
    const auto home = ModuleHome::of(invocation, *session);
    const auto& state = session->kernel().state();
    const PersistSave save{session.module_calls(), session->system(), sinks, line.verbose,
                           [&](const std::string& path) { return home.tree().of_user(path); },
                           [&](const std::string& path) { return home.tree().host(path); },
                           [&](GuestAddr from, std::uint64_t bytes) { return read_memory(session->kernel(), from, bytes); },
                           static_cast<std::int64_t>(state.boot_time + state.jiffies / hz)};
    const bool all = line.options.names.empty() || line.options.stacks || line.options.all;
    for (const auto& module : info->modules)
        if (all || std::ranges::find(line.options.names, module.name) != line.options.names.end())
            save_persistent_data(module.name, *info, save);
}

/// Whether the machine has a module with persistent data: asked of a copy, so that no trace shows it.
bool has_persistent_data(const Invocation& invocation)
try {
    const auto path = machine_path(invocation.machine);
    if (!MachineFile(path).exists()) return false;
    auto session = Session::look(path);
    Messages silent({[](std::string_view) {}, [](std::string_view) {}}, "rmmod");
    const auto info = get_kernel_info(session.calls(), session.arch(), {.symbols = true}, silent);
    return info && any_has_persistent_data(*info);
} catch (const CallStopped&) {
    return false; // the call itself will tell
}

/// What is to be done of a line, with the session that is right for it.
int run_part(const RmmodLine& line, ToolSession& session, const std::function<int(ToolVoice&)>& part)
{
    return run_in_session(session, [&] {
        ToolVoice voice("rmmod", ToSyslog{line.syslog});
        const auto status = part(voice);
        if (voice.flush(session->kernel())) session.commit();
        return status;
    });
}

} // namespace

int rmmod_command(const Invocation& invocation)
{
    if (is_modern_machine(invocation)) return kmod_rmmod_command(invocation);
    RmmodLine line;
    if (const auto over = read_line(invocation, line)) return *over;
    if (line.persist || line.verbose || has_persistent_data(invocation)) {
        auto unjailed = invocation; // no guest code runs while data are saved, and files are renamed
        unjailed.jailed = Jailed::no;
        ToolSession session(unjailed, Purpose::change);
        const auto status = run_part(line, session, [&](ToolVoice& voice) {
            if (invocation.dry_run == DryRun::no) save_data(line, invocation, session, voice);
            return 0;
        });
        if (line.persist || status != 0) return status;
    }
    ToolSession session(invocation, Purpose::change);
    const auto home = ModuleHome::of(invocation, *session);
    if (home.has_ksymoops()) session.limits().files = JailFiles::write;
    return run_part(line, session, [&](ToolVoice& voice) {
        const KsymoopsSnapshot snapshot(home, *session, SnapshotWhen::list_changed);
        const auto status = rmmod(line.options, session.module_calls(), session->arch(), voice.sinks());
        snapshot.take(voice.speech());
        return status;
    });
}

} // namespace retromod
