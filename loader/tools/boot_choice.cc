// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/boot_choice.h"

#include "loader/tools/symbol_versions.h"

#include <fmt/format.h>

#include <filesystem>

namespace retromod {

void BootChoice::declare(Options& options)
{
    options.value("--release", words.release, "kernel release; others than the measured ones stand for their nearest")
        .choice("--arch", words.arch, runnable_arches(), "architecture")
        .value("--memory", words.memory_megabytes, "memory in MB")
        .flag("--smp", words.smp, "structures of an SMP kernel")
        .choice("--compiler", words.compiler, {"gcc-2.95", "gcc-3", "2.95", "3"}, "gcc that the kernel was built with")
        .value("--uts-release", words.uts_release, "what uname says (default: the release)")
        .value("--versions", versions, "file of exported names with versions: a copy of /proc/ksyms, or System.map")
        .value("--modules", modules, "folder or tree of modules that the kernel may request (request_module)")
        .flag("--stub", stub, "bind unknown imports to traps instead of refusing them");
}

std::optional<std::string> BootChoice::fill(MachineOptions& machine, BootOptions& boot) const
{
    if (auto wrong = read_machine_words(words, machine)) return wrong;
    boot.stub = stub;
    if (modules) {
        std::error_code error;
        if (!std::filesystem::is_directory(*modules, error)) return fmt::format("--modules {}: no such folder", *modules);
        boot.modules_folder = std::filesystem::absolute(*modules);
    }
    if (versions) boot.versions = read_symbol_versions(*versions);
    return std::nullopt;
}

std::string describe(const MachineOptions& machine, const BootOptions& boot)
{
    return fmt::format("{} ({}) on {}, {} MB, {}, gcc {}{}{}{}", machine.uts_release, machine.release->name, machine.arch->name,
                       machine.memory_bytes >> 20, machine.smp ? "SMP" : "uniprocessor",
                       machine.compiler == Compiler::gcc_3 ? "3" : "2.95",
                       boot.versions.empty() ? "" : fmt::format(", {} versioned names", boot.versions.size()), boot.stub ? ", stubs" : "",
                       boot.modules_folder.empty() ? "" : ", modules of " + boot.modules_folder);
}

} // namespace retromod
