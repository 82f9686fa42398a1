// SPDX-License-Identifier: GPL-2.0-or-later
// retromod cc SOURCE.c: a module out of a C source, with our headers and the flags of its kernel.
#include "loader/api/machine_words.h"
#include "loader/api/temporary_folder.h"
#include "loader/compile/compiler.h"
#include "loader/compile/module_build.h"
#include "loader/tools/commands.h"
#include "loader/tools/options.h"

#include <fmt/format.h>

namespace retromod {
namespace {

namespace fs = std::filesystem;

constexpr int refused_source = 3; ///< exit status, as compare's

} // namespace

int cc_command(const Invocation& invocation)
{
    std::string source, release = "2.4.20", arch;
    std::optional<std::string> output;
    std::vector<std::string> flags;
    Options options(invocation);
    options.positional("SOURCE.c", source, "the module's source")
        .value("-o,--output", output, "the module (default: SOURCE.o, since 2.6 SOURCE.ko, in this folder)")
        .value("--release", release, "for kernels of this release")
        .value("--arch", arch, "for this architecture (default: the release's own; i386, since 2.6 x86_64)")
        .values("--cflag", flags, "a further argument of the compiler, as --cflag=-DNAME; may be given several times");
    if (const auto status = options.parse()) return *status;
    MachineWords words;
    words.release = release;
    if (!arch.empty()) words.arch = arch;
    MachineOptions machine;
    if (const auto wrong = read_machine_words(words, machine)) {
        complain("cc: " + *wrong);
        return exit_status::usage;
    }
    if (!machine.arch) machine.arch = find_arch(machine.release->arch);
    try {
        const TemporaryFolder built;
        const auto module = build_module(source, machine, flags, built.path());
        const auto target = output ? fs::path(*output) : module.filename();
        fs::copy_file(module, target, fs::copy_options::overwrite_existing);
        return 0;
    } catch (const SourceRefused& refused) {
        complain(refused.what());
        return refused_source;
    }
}

} // namespace retromod
