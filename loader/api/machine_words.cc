// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/api/machine_words.h"

#include "emu/abi/layout_set.h"
#include "emu/cpu/cpu.h"

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
    if (!machine.release) return fmt::format("'{}' is no 2.2 or 2.4 release", words.release);
    if (words.memory_megabytes < least_megabytes || words.memory_megabytes > most_megabytes)
        return fmt::format("--memory {}: from {} to {} MB", words.memory_megabytes, least_megabytes, most_megabytes);
    machine.uts_release = words.uts_release.value_or(words.release);
    constexpr auto room = sizeof(MachineHeader::uts_release);
    if (machine.uts_release.size() >= room)
        return fmt::format("--uts-release is longer than {} characters", room - 1);
    machine.arch = find_arch(words.arch);
    if (!machine.arch || !find_cpu(*machine.arch)) return fmt::format("--arch {}: there is no CPU for it here", words.arch);
    const LayoutSet layouts(*machine.arch, machine.release->layouts, words.smp, Compiler::gcc_3);
    if (!layouts.has("struct semaphore"))
        return fmt::format("the structures of {} on {} are not known", machine.release->name, words.arch);
    machine.memory_bytes = words.memory_megabytes << 20;
    machine.smp = words.smp;
    machine.compiler = words.compiler.ends_with('3') ? Compiler::gcc_3 : Compiler::gcc_2_95;
    return std::nullopt;
}

} // namespace retromod
