// SPDX-License-Identifier: GPL-2.0-or-later
// insmod: options and texts are modutils 2.4's; loader/legacy does the work.
#include "emu/machine/machine_file.h"
#include "loader/api/machine_path.h"

#include "loader/api/insmod_run.h"
#include "loader/tools/commands.h"
#include "loader/tools/fresh_machine.h"
#include "loader/tools/insmod_options.h"
#include "loader/tools/kmod_tools.h"
#include "loader/tools/ksymoops_snapshot.h"
#include "loader/tools/module_arch.h"
#include "loader/tools/module_home.h"
#include "loader/tools/modutils_options.h"
#include "loader/tools/sample.h"
#include "loader/tools/tool_session.h"
#include "loader/tools/tool_voice.h"

#include <fmt/format.h>

namespace retromod {
namespace {

// Source: modutils 2.4 insmod.c.
constexpr const char* usage =
    "Usage:\n"
    "insmod [-fhkLmnpqrsSvVxXyY] [-e persist_name] [-o module_name] [-O blob_name] [-P prefix] module "
    "[ symbol=value ... ]\n"
    "\n"
    "  module                Name of a loadable kernel module ('.o' can be omitted)\n"
    "  -f, --force           Force loading under wrong kernel version\n"
    "  -h, --help            Print this message\n"
    "  -k, --autoclean       Make module autoclean-able\n"
    "  -L, --lock            Prevent simultaneous loads of the same module\n"
    "  -m, --map             Generate load map (so crashes can be traced)\n"
    "  -n, --noload          Don't load, just show\n"
    "  -p, --probe           Probe mode; check if the module matches the kernel\n"
    "  -q, --quiet           Don't print unresolved symbols\n"
    "  -r, --root            Allow root to load modules not owned by root\n"
    "  -s, --syslog          Report errors via syslog\n"
    "  -S, --kallsyms        Force kallsyms on module\n"
    "  -v, --verbose         Verbose output\n"
    "  -V, --version         Show version\n"
    "  -x, --noexport        Do not export externs\n"
    "  -X, --export          Do export externs (default)\n"
    "  -y, --noksymoops      Do not add ksymoops symbols\n"
    "  -Y, --ksymoops        Do add ksymoops symbols (default)\n"
    "  -e persist_name\n"
    "      --persist=persist_name Filename to hold any persistent data from the module\n"
    "  -o NAME, --name=NAME  Set internal module name to NAME\n"
    "  -O NAME, --blob=NAME  Save the object as a binary blob in NAME\n"
    "  -P PREFIX\n"
    "      --prefix=PREFIX   Prefix for kernel or module symbols\n";

} // namespace

int insmod_command(const Invocation& invocation)
{
    if (is_modern_machine(invocation)) return kmod_insmod_command(invocation);
    const auto line = read_insmod_options(invocation);
    if (!line) {
        std::fputs(usage, stderr);
        return exit_status::failure;
    }
    auto options = line->options;
    options.file = module_or_sample(invocation, options.file);
    if (!MachineFile(machine_path(invocation.machine)).exists() && is_modern_module(options.file))
        return kmod_insmod_command(invocation);
    const auto fresh = fresh_machine(options.file);
    if (!fresh) return exit_status::failure;
    const bool looks = options.noload || options.probe;
    auto session = looks ? ToolSession(invocation, Purpose::look, machine_to_look_at(invocation, *fresh))
                         : ToolSession(invocation, Purpose::change, *fresh);
    const auto home = ModuleHome::of(invocation, *session);
    if (options.blob || home.has_ksymoops()) session.limits().files = JailFiles::write; // when the module is in
    return run_in_session(session, [&] {
        ToolVoice voice("insmod", ToSyslog{line->syslog});
        const KsymoopsSnapshot snapshot(home, *session, SnapshotWhen::always);
        give_home(options, home, OwnerCheck{!line->any_owner}, voice.speech());
        const auto status = run_insmod(options, *session, session.module_calls(), voice.sinks()).exit_status;
        if (!options.noload) snapshot.take(voice.speech());
        if (voice.flush(session->kernel())) session.commit();
        return status;
    });
}

} // namespace retromod
