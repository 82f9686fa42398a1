// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/machine/finding.h"
#include "emu/machine/machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

namespace retromod {

struct ExportTable;

/// A check of what a kernel keeps in a machine. It trusts nothing and needs no Kernel.
class KernelCheck {
public:
    KernelCheck(Machine& machine, Findings& findings) : machine(machine), memory(machine.memory()), findings(findings) {}

    Machine& machine;
    AddressSpace& memory;
    Findings& findings;

    template <class... Values>
    void require(bool holds, fmt::format_string<Values...> text, Values&&... values)
    {
        if (!holds) findings.push_back({Finding::State::beyond_repair, fmt::format(text, std::forward<Values>(values)...)});
    }
    template <std::size_t size>
    void ends(std::string_view what, const char (&text)[size])
    {
        require(std::ranges::find(text, '\0') != std::end(text), "the name of a {} has no end", what);
    }
    /// The range is memory of the machine.
    void inside(std::string_view what, std::uint64_t address, std::uint64_t bytes);
    void readable(std::string_view what, std::uint64_t address);
};

/// Checks what the kernel keeps in a machine: its own row, every table of its subsystems, what ties their rows together,
/// the list of modules with their tables and references. Nothing of it can be put right by counting: these findings are
/// beyond repair. A module that an oops or its own code left in disorder is found, too.
void check_kernel(Machine& machine, const ExportTable& exports, Findings& findings);

} // namespace retromod
