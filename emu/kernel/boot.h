// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/boot_options.h"
#include "emu/kernel/kernel.h"

namespace retromod {

/// Brings up the kernel of a fresh machine: entries and variables that modules import, the kernel's own struct module
/// with its symbol table, and the idle task.
struct KernelBoot {
    Kernel& kernel;
    const BootOptions& options;

    KernelBoot(Kernel& kernel, const BootOptions& options) : kernel(kernel), options(options) {}

    /// Everything that has an address.
    void lay_out();
    /// What needs the laid-out kernel: initial values, the symbol table, the families' own boot code.
    void bring_up();

private:
    void note_module_requests();
    void make_entries();
    std::vector<std::string_view> listed_names();
    void make_variables();
    void make_idle_task();
    void give_context(GuestAddr task);
    void make_processor_data();
    void make_kernel_module();
    std::vector<KernelSymbol> chosen_symbols();
    std::vector<KernelSymbol> offered_symbols();
    void offer_version_mark(std::vector<KernelSymbol>& symbols);
    GuestAddr place_string(const std::string& text);
};

} // namespace retromod
