// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/boot_choice.h"

#include "emu/abi/layout_set.h"
#include "emu/cpu/cpu.h"
#include "loader/tools/symbol_versions.h"

#include <fmt/format.h>

#include <filesystem>

namespace retromod {
namespace {

// The direct map of an i386 kernel ends where its vmalloc area must begin.
constexpr std::uint64_t least_megabytes = 16, most_megabytes = 896;

/// The architectures that an engine runs, by name.
std::vector<std::string> runnable_arches()
{
    std::vector<std::string> names;
    for (const auto& arch : arches())
        if (find_cpu(arch)) names.emplace_back(arch.name);
    return names;
}

} // namespace

void BootChoice::declare(Options& options)
{
    options.value("--release", release, "kernel release; others than the measured ones stand for their nearest")
        .choice("--arch", arch_, runnable_arches(), "architecture")
        .value("--memory", memory_megabytes_, "memory in MB")
        .flag("--smp", smp_, "structures of an SMP kernel")
        .choice("--compiler", compiler_, {"gcc-2.95", "gcc-3", "2.95", "3"}, "gcc that the kernel was built with")
        .value("--uts-release", uts_release, "what uname says (default: the release)")
        .value("--versions", versions, "file of exported names with versions: a copy of /proc/ksyms, or System.map")
        .value("--modules", modules, "folder or tree of modules that the kernel may request (request_module)")
        .flag("--stub", stub, "bind unknown imports to traps instead of refusing them");
}

std::optional<std::string> BootChoice::fill(MachineOptions& machine, BootOptions& boot) const
{
    machine.release = nearest_release(release);
    if (!machine.release) return fmt::format("'{}' is no 2.2 or 2.4 release", release);
    if (memory_megabytes_ < least_megabytes || memory_megabytes_ > most_megabytes)
        return fmt::format("--memory {}: from {} to {} MB", memory_megabytes_, least_megabytes, most_megabytes);
    machine.uts_release = uts_release.value_or(release);
    constexpr auto room = sizeof(MachineHeader::uts_release);
    if (machine.uts_release.size() >= room)
        return fmt::format("--uts-release is longer than {} characters", room - 1);
    machine.arch = find_arch(arch_);
    const LayoutSet layouts(*machine.arch, machine.release->layouts, smp_, Compiler::gcc_3);
    if (!layouts.has("struct semaphore"))
        return fmt::format("the structures of {} on {} are not known", machine.release->name, arch_);
    machine.memory_bytes = memory_megabytes_ << 20;
    machine.smp = smp_;
    machine.compiler = compiler_.ends_with('3') ? Compiler::gcc_3 : Compiler::gcc_2_95;
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
