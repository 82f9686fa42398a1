// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/guest_addr.h"
#include "emu/abi/modern_rules.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace retromod {

/// One symbol that the kernel offers to modules.
struct KernelSymbol {
    std::string name; ///< with its version, if the kernel has versions
    GuestAddr value;
};

/// How a machine's kernel is brought up.
struct BootOptions {
    /// Versioned names of the kernel's symbols ("printk_R1b7d4074"), by plain name; empty: no versions.
    std::unordered_map<std::string, std::string> versions;
    std::shared_ptr<const struct DescribedDevices> devices; ///< beyond the bare machine's
    std::string modules_folder;           ///< where user space looks for modules that the kernel requests; empty: nowhere
    bool stub = false;                    ///< unknown imports may be bound to traps; names of `versions` are offered as such
    /// Offer exactly these instead of the exports (scenarios). One without an address is the export of that name.
    std::vector<KernelSymbol> only_symbols;

    // Of releases since 2.6 (docs/modern-abi.md):
    std::string command_line;              ///< "module_blacklist=a,b module.sig_enforce lockdown=integrity nomodule"
    std::vector<std::pair<ModernOption, bool>> configuration; ///< where it differs from the measured kernel's
    std::string module_keys;               ///< trusted certificates, PEM, one behind the other
};

/// BootOptions::only_symbols asks for an export that the release does not have.
struct UnknownSymbol : std::invalid_argument {
    explicit UnknownSymbol(const std::string& name) : std::invalid_argument("no export '" + name + "'"), name(name) {}
    std::string name;
};

} // namespace retromod
