// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/api/machine_words.h"

#include "emu/abi/layout_set.h"
#include "emu/cpu/cpu.h"
#include "emu/kernel/boot_options.h"

#include <fmt/format.h>

namespace retromod {
namespace {

// The direct map of an i386 kernel ends where its vmalloc area must begin.
constexpr std::uint64_t least_megabytes = 16, most_megabytes = 896;

} // namespace

std::vector<std::string> runnable_arches()
{
    std::vector<std::string> names;
    for (const auto& arch : arches())
        if (find_cpu(arch)) names.emplace_back(arch.name);
    return names;
}

std::optional<std::string> read_machine_words(const MachineWords& words, MachineOptions& machine)
{
    machine.release = nearest_release(words.release);
    if (!machine.release) return fmt::format("'{}' is no release that is known", words.release);
    const auto& release = *machine.release;
    const std::string arch(words.arch.value_or(std::string(release.arch)));
    if (words.memory_megabytes < least_megabytes || words.memory_megabytes > most_megabytes)
        return fmt::format("--memory {}: from {} to {} MB", words.memory_megabytes, least_megabytes, most_megabytes);
    const auto own =
        words.release == release.name && !release.uts_release.empty() ? std::string(release.uts_release) : words.release;
    machine.uts_release = words.uts_release.value_or(own);
    constexpr auto room = sizeof(MachineHeader::uts_release);
    if (machine.uts_release.size() >= room)
        return fmt::format("--uts-release is longer than {} characters", room - 1);
    machine.arch = find_arch(arch);
    if (!machine.arch || !find_cpu(*machine.arch)) return fmt::format("--arch {}: there is no CPU for it here", arch);
    if (release.modern && arch != release.arch)
        return fmt::format("--arch {}: {} runs on {} only", arch, release.name, release.arch);
    machine.arch = arch_in_release(*machine.arch, release);
    if (!machine.arch)
        return fmt::format("--arch {}: {} did not run on it, 2.4.20 is the first that is known to", arch, words.release);
    if (!LayoutSet(*machine.arch, release.layouts, words.smp, Compiler::gcc_3).has("struct semaphore"))
        return fmt::format("the structures of {} on {} are not known", release.name, arch);
    machine.memory_bytes = words.memory_megabytes << 20;
    machine.smp = words.smp;
    machine.compiler = words.compiler.ends_with('3') ? Compiler::gcc_3 : Compiler::gcc_2_95;
    return std::nullopt;
}

std::optional<std::string> read_configuration(const std::string& word, BootOptions& boot)
{
    const auto equals = word.find('=');
    const auto name = word.substr(0, equals);
    const auto value = equals == std::string::npos ? std::string() : word.substr(equals + 1);
    const auto option = find_modern_option(name.starts_with("CONFIG_") ? name.substr(7) : name);
    if (!option) return fmt::format("--config {}: no such option that the module loader asks for", word);
    if (value != "y" && value != "n") return fmt::format("--config {}: it is y or n", word);
    boot.configuration.emplace_back(*option, value == "y");
    return std::nullopt;
}

} // namespace retromod
