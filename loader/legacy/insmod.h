// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/elf/module_file.h"
#include "loader/legacy/load_report.h"
#include "loader/legacy/messages.h"
#include "loader/legacy/module_calls.h"
#include "loader/link/relocate.h"

#include <optional>

namespace retromod {

/// insmod's command line, parsed. The letters are modutils 2.4's.
struct InsmodOptions {
    std::string file{};                   ///< the module argument
    std::vector<std::string> arguments{}; ///< what follows it: `symbol=value`

    bool force = false;                  ///< -f
    bool autoclean = false;              ///< -k
    bool map = false;                    ///< -m
    bool noload = false;                 ///< -n
    bool probe = false;                  ///< -p
    bool quiet = false;                  ///< -q
    bool kallsyms = false;               ///< -S
    bool numeric_only = false;           ///< -N: of the version only a.b.c counts
    bool verbose = false;                ///< -v
    bool export_all = true;              ///< -X, cleared by -x
    bool ksymoops = true;                ///< -Y, cleared by -y
    bool long_stamp = false;             ///< the measured kernels' insmod: 16 digits of time, version 0 in the name of ksymoops
    std::optional<std::string> name{};   ///< -o
    std::optional<std::string> blob{};   ///< -O: a file of the host
    std::optional<std::string> prefix{}; ///< -P
    std::optional<std::string> persist{}; ///< -e: the file of persistent data; "" finds it from the module's path

    /// Looks in the module path for a name without `/` and `.`; none: nothing is found there.
    std::function<std::optional<std::string>(std::string_view)> find_module{};
    std::string persist_folder = "/var/lib/modules/persist"; ///< of files of persistent data
    /// A module's path without the folder of the module path that it lies in; none, or nothing: it lies in none.
    std::function<std::optional<std::string>(const std::string&)> below_module_path{};
    /// Where a file of that path lies on the host; none: there.
    std::function<std::string(const std::string&)> host_path{};
    /// The host's path of the file of persistent data, which is the guest's.
    std::function<std::string(const std::string&)> persist_path{};
    /// Asked for each unresolved name before the load fails: an address to bind it to, or nothing.
    std::function<std::optional<GuestAddr>(std::string_view)> bind_unresolved{};
    /// Called when all addresses are final, before init_module.
    std::function<void(const LoadReport&)> before_init{};
    LinkRecord* record = nullptr; ///< where the linker notes what it does, if anywhere
};

struct InsmodResult {
    int exit_status = 1; ///< 0 or 1
    LoadReport report;   ///< as far as it got
};

/// insmod: reads, checks, links and loads one module. Order of work, texts and exit status are modutils 2.4's
/// (docs/fidelity.md has what differs).
InsmodResult insmod(const InsmodOptions& options, ModuleCalls& calls, LoaderSystem& system, const TextSinks& sinks);

/// The same for a file that was read already. `options.file` is the name it goes by.
InsmodResult insmod_file(const InsmodOptions& options, const ProblemOr<ModuleFile>& file, ModuleCalls& calls,
                         LoaderSystem& system, const TextSinks& sinks);

/// The module's name for a path: its last component without `.o`, `.mod` or `.o.gz`.
std::string module_name_of(std::string_view path);

} // namespace retromod
