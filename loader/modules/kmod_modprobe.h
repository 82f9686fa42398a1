// SPDX-License-Identifier: GPL-2.0-or-later
// modprobe of kmod: which modules a name means, and what is done with them, on kernels since 2.6.
#pragma once

#include "emu/abi/errno_or.h"
#include "loader/modules/index_file.h"
#include "loader/modules/modprobe_conf.h"

#include <functional>
#include <set>

namespace retromod {

/// The files that depmod made for a release, read.
class KmodIndexes {
public:
    /// `folder`: /lib/modules/RELEASE, the guest's path. What is missing finds nothing.
    KmodIndexes(const FileTree& tree, std::string folder);

    const std::string& folder() const { return folder_; }
    /// Whether modules.dep.bin is there.
    bool is_there() const { return dep_.has_value(); }
    /// "PATH: DEPENDENCY..." of a module, or nothing.
    std::optional<std::string> dependencies(const std::string& name) const;
    std::vector<IndexValue> by_symbol(const std::string& name) const;
    std::vector<IndexValue> by_alias(const std::string& name) const;
    std::vector<IndexValue> by_built_in_alias(const std::string& name) const;
    bool is_built_in(const std::string& name) const;
    /// The aliases of modules and of symbols, as `modprobe -c` lists them.
    std::string alias_listing() const;
    /// `softdep` lines of modules.softdep.
    std::vector<SoftDependency> soft_dependencies() const;

private:
    const FileTree& tree_;
    std::string folder_;
    std::optional<IndexFile> dep_, alias_, symbols_, builtin_, builtin_alias_;
};

/// What modprobe does to the machine, and asks of it.
class KmodActions {
public:
    virtual ~KmodActions() = default;
    virtual bool is_loaded(const std::string& name) = 0;
    virtual bool is_built_in(const std::string& name) = 0; ///< it is in /sys/module without being a module
    virtual std::int64_t references(const std::string& name) = 0;
    virtual std::vector<std::string> holders(const std::string& name) = 0;
    /// The error of the system call, or nothing.
    virtual std::optional<Errno> insert(const std::string& path, const std::string& parameters, std::uint32_t flags) = 0;
    virtual std::optional<Errno> remove(const std::string& name, std::uint32_t flags) = 0;
    /// Runs a command of modprobe.d for that module; one that is not to be run is shown, and has the status 0.
    virtual int run(const std::string& module, const std::string& command) = 0;
};

/// modprobe's options.
struct KmodModprobeOptions {
    bool all = false, first_time = false, ignore_commands = false, blacklist = false, resolve = false, show_depends = false;
    bool dry_run = false, quiet = false, verbose = false, remove_holders = false, force_removal = false;
    std::uint32_t insert_flags = 0; ///< of finit_module
};

/// modprobe of kmod 30. Exit statuses 0 and 1.
class KmodModprobe {
public:
    KmodModprobe(const KmodModprobeOptions& options, const ModprobeConf& conf, const KmodIndexes& indexes, KmodActions& actions,
                 const Speech& speech);

    /// `NAME PARAMETER...`, or (-a) NAME...
    int insert(const std::vector<std::string>& words);
    int remove(const std::vector<std::string>& names);

private:
    /// A module that a name led to. By each of its aliases a module is one of its own.
    struct Found {
        std::string name;
        std::string alias{}; ///< that led to it; options of that name are the module's, too
        bool built_in = false;
        auto operator<=>(const Found&) const = default;
    };
    /// What is loaded for a request. Marks belong to a module however often it is in the order.
    struct Plan {
        std::vector<Found> order{};
        std::set<Found> visited{}, required{}; ///< what is not required is a soft dependency, and may fail
        std::set<Found> without_command{};     ///< install lines do not count
    };

    const KmodModprobeOptions& options_;
    const ModprobeConf& conf_;
    const KmodIndexes& indexes_;
    KmodActions& actions_;
    const Speech& speech_;
    std::vector<SoftDependency> soft_;

    std::vector<Found> look_up(const std::string& name) const;
    std::vector<Found> by_configuration(const std::string& name) const;
    std::vector<Found> by_index(const std::vector<IndexValue>& values, const std::string& name) const;
    std::string path_of(const std::string& module) const;
    std::vector<std::string> dependencies_of(const std::string& module) const;
    const std::string* command_for(const std::vector<ModprobeLine>& lines, const std::string& module) const;
    std::string options_of(const Found& module, const std::string& extra) const;
    bool is_blacklisted(const std::string& module) const;
    const SoftDependency* soft_of(const std::string& module) const;
    enum class Required : bool { no, yes };
    void add_to_plan(const Found& module, Required required, bool without_command, Plan& plan) const;
    void add_with_soft(const Found& module, Plan& plan) const;
    int insert_one(const std::string& name, const std::string& parameters);
    int insert_found(const Found& found, const std::string& parameters);
    std::optional<Errno> do_step(const Plan& plan, const Found& module, const std::string& parameters);
    int remove_one(const std::string& name);
    int remove_module(const std::string& name, bool asked_for, int depth);
    int refuse(std::string_view text);
    int refuse_insert(const std::string& name, Errno error);
    /// What -a passes over: a WARNING then, else FATAL.
    int not_found(std::string_view text);
};

/// A file below /lib/modules/RELEASE of a module of that name; "" for none.
std::string kmod_module_path(const KmodIndexes& indexes, const std::string& name);

} // namespace retromod
