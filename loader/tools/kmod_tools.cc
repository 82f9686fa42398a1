// SPDX-License-Identifier: GPL-2.0-or-later
// insmod, rmmod and lsmod on a machine since 2.6: options and texts are kmod 30's; loader/kmod does the work.
#include "loader/tools/kmod_tools.h"

#include "emu/machine/host_path.h"
#include "loader/api/insmod_run.h"
#include "loader/api/machine_path.h"
#include "loader/api/machine_words.h"
#include "loader/api/modern_kernel_calls.h"
#include "loader/kmod/kmod.h"
#include "loader/tools/modutils_options.h"
#include "loader/tools/sample.h"
#include "loader/tools/tool_session.h"
#include "loader/tools/tool_voice.h"

#include <fmt/format.h>

#include <fcntl.h>

#include <span>

namespace retromod {
namespace {

KmodSinks standard_kmod_sinks()
{
    auto sinks = standard_sinks();
    return {sinks.out, sinks.err};
}

constexpr option insmod_options[] = {{"force", no_argument, nullptr, 'f'}, {"syslog", no_argument, nullptr, 's'},
                                     {"verbose", no_argument, nullptr, 'v'}, {"version", no_argument, nullptr, 'V'},
                                     {"help", no_argument, nullptr, 'h'}, {}};
constexpr const char* insmod_usage = "Usage:\n\tinsmod [options] filename [args]\nOptions:\n\t-V, --version     show version\n"
                                     "\t-h, --help        show this help\n";
constexpr const char* rmmod_usage =
    "Usage:\n\trmmod [options] modulename ...\nOptions:\n\t-f, --force       forces a module unload and may crash your\n"
    "\t                  machine. This requires Forced Module Removal\n\t                  option in your kernel. DANGEROUS\n"
    "\t-s, --syslog      print to syslog, not stderr\n\t-v, --verbose     enables more messages\n"
    "\t-V, --version     show version\n\t-h, --help        show this help\n";

/// The options that both have. What is left over; or the exit status.
struct KmodWords {
    std::vector<std::string> words;
    bool force = false, verbose = false, syslog = false;
    std::optional<int> over;
};

KmodWords read_words(const Invocation& invocation, const char* letters, const char* usage)
{
    KmodWords read;
    read.words = read_modutils_options(invocation, letters, insmod_options, [&](int letter, const char*) {
        switch (letter) {
        case 'f': read.force = true; break;
        case 's': read.syslog = true; break;
        case 'v': read.verbose = true; break;
        case 'V':
            show_kmod_version();
            read.over = 0;
            break;
        case 'h':
            std::fputs(usage, stdout);
            read.over = 0;
            break;
        case '?': read.over = exit_status::failure; break;
        }
    });
    return read;
}

} // namespace

void show_kmod_version()
{
    std::fputs("kmod version 30\n+ZSTD +XZ -ZLIB +LIBCRYPTO -EXPERIMENTAL\n", stdout);
}

bool is_modern_machine(const Invocation& invocation)
{
    // The header alone: to open the machine costs more than most commands do.
    const auto file = open_regular(machine_path(invocation.machine), O_RDONLY);
    MachineHeader header{};
    if (!file || file->read(std::as_writable_bytes(std::span(&header, 1)), 0) != sizeof header) return false;
    const std::string_view name(header.release, sizeof header.release);
    const auto* release = find_release(name.substr(0, name.find('\0')));
    return release && release->modern;
}

int kmod_insmod_command(const Invocation& invocation)
{
    auto read = read_words(invocation, "psfVh", insmod_usage);
    if (read.over) return *read.over;
    if (read.words.empty()) {
        std::fputs("insmod: ERROR: missing filename.\n", stderr);
        return exit_status::failure;
    }
    const auto file = module_or_sample(invocation, read.words.front());
    KmodInsmodOptions options{file, {read.words.begin() + 1, read.words.end()}, read.force, read.verbose};
    MachineOptions fresh;
    if (const auto wrong = read_machine_words({.release = "6.1"}, fresh)) throw std::logic_error(*wrong);
    ToolSession session(invocation, Purpose::change, fresh);
    return run_in_session(session, [&] {
        ModernKernelCalls calls(session->kernel(), session->calls());
        return kmod_insmod(options, calls, standard_kmod_sinks());
    });
}

int kmod_rmmod_command(const Invocation& invocation)
{
    auto read = read_words(invocation, "fsvVh", rmmod_usage);
    if (read.over) return *read.over;
    if (read.words.empty()) {
        std::fputs("rmmod: ERROR: missing module name.\n", stderr);
        return exit_status::failure;
    }
    KmodRmmodOptions options{read.words, read.force, read.verbose};
    ToolSession session(invocation, Purpose::change);
    return run_in_session(session, [&] {
        ModernKernelCalls calls(session->kernel(), session->calls());
        ToolVoice voice("rmmod", ToSyslog{read.syslog});
        const auto sinks = voice.sinks();
        const auto status = kmod_rmmod(options, calls, {sinks.out, sinks.err});
        if (voice.flush(session->kernel())) session.commit();
        return status;
    });
}

int kmod_lsmod_command(const Invocation& invocation)
{
    if (!invocation.arguments.empty()) {
        std::fputs("Usage: lsmod\n", stderr);
        return exit_status::failure;
    }
    ToolSession session(invocation, Purpose::look);
    return run_in_session(session, [&] {
        ModernKernelCalls calls(session->kernel(), session->calls());
        return kmod_lsmod(calls, standard_kmod_sinks());
    });
}

} // namespace retromod
