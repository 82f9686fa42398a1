// SPDX-License-Identifier: GPL-2.0-or-later
// The machine that a module would get where there is none.
#include "loader/tools/fresh_machine.h"

#include "emu/cpu/cpu.h"
#include "loader/api/machine_path.h"
#include "loader/api/machine_words.h"
#include "loader/tools/machine_choice.h"
#include "loader/tools/module_arch.h"

#include <fmt/format.h>

namespace retromod {

std::optional<MachineOptions> fresh_machine(const std::string& file)
{
    MachineOptions fresh;
    const auto* arch = arch_of_module(file);
    if (!arch) return fresh;
    if (!find_cpu(*arch)) {
        complain(fmt::format("{}: a module of {}: there is no engine for that CPU here", file, arch->name));
        return std::nullopt;
    }
    MachineOptions wanted;
    if (!read_machine_words({.arch = std::string(arch->name)}, wanted)) fresh.arch = arch; // else its structures are unknown
    return fresh;
}

Session machine_to_look_at(const Invocation& invocation, const MachineOptions& fresh)
{
    const auto path = machine_path(invocation.machine);
    return MachineFile(path).exists() ? Session::look(path, file_options(invocation)) : Session::in_memory(fresh);
}

} // namespace retromod
