// SPDX-License-Identifier: GPL-2.0-or-later
// Parameters whose values outlive the module: insmod -e reads them from a file, rmmod writes them there.
#pragma once

#include "loader/legacy/kernel_info.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace retromod {

/// The `name=value` lines of a persistent file of the host, comments left out. Nothing: it cannot be opened, errno says why.
/// Too long lines and too many of them are told, and end it. Source: modutils 2.4 insmod.c.
std::optional<std::vector<std::string>> read_persistent_file(const std::string& host_path, Messages& messages);

/// Whether the kernel reads a module's memory for modutils: init_module with a negative size of struct module. No released
/// kernel does.
bool kernel_reads_modules(ModuleCalls& calls, std::string_view module, GuestAddr from, std::uint64_t bytes, const Arch& arch);

/// What saving wants.
struct PersistSave {
    ModuleCalls& calls;
    const LoaderSystem& system;
    const TextSinks& sinks;
    bool verbose = false;
    std::function<std::string(const std::string&)> host_path;    ///< of the module's file, by the path that insmod noted
    std::function<std::string(const std::string&)> persist_path; ///< of the file of persistent data, which is the guest's
    /// The kernel's memory, as /dev/kmem gives it; nothing where there is none.
    std::function<std::optional<std::vector<std::byte>>(GuestAddr from, std::uint64_t bytes)> read_memory;
    std::int64_t now = 0; ///< the machine's clock, seconds since 1970
};

/// Writes the values that a loaded module's persistent parameters have now into the file that insmod noted in its
/// `__insmod_NAME_P...` symbol; a module without one has none. Comments and the order of the file are kept. Values are read
/// by the kernel's read call, else (after modutils' complaint) from the machine's memory. Source: modutils 2.4 rmmod.c.
void save_persistent_data(const std::string& module, const KernelInfo& info, const PersistSave& save);

/// Whether insmod noted a file of persistent data for any loaded module.
bool any_has_persistent_data(const KernelInfo& info);

} // namespace retromod
