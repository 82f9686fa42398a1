// SPDX-License-Identifier: GPL-2.0-or-later
// Where a machine's user space has its modules, and how its modules.conf is read.
#pragma once

#include "loader/legacy/insmod.h"
#include "loader/modules/dep_file.h"
#include "loader/modules/module_walk.h"
#include "loader/tools/command.h"

namespace retromod {

class Session;

/// The files of a machine's user space. `retromod --root DIR` or $RETROMOD_ROOT names a tree with /etc/modules.conf and
/// /lib/modules/RELEASE; else it is what `boot --modules` named; else the folder `root` beside the machine's file. A folder
/// that has neither etc nor lib is a heap of modules without modules.dep.
class ModuleHome {
public:
    /// `boot_folder`: what `boot --modules` named, or "".
    static ModuleHome of(const Invocation& invocation, const std::string& boot_folder, std::string release);
    /// Of the user's machine, or of a 2.4.20 where there is none.
    static ModuleHome of(const Invocation& invocation);
    /// Of a machine that is open.
    static ModuleHome of(const Invocation& invocation, Session& session);

    const FileTree& tree() const { return tree_; }
    const std::string& release() const { return release_; }
    bool is_heap() const { return heap_; }

    /// What words of its configuration are expanded with.
    WordContext words() const;
    /// Reads its configuration; nothing: it is wrong, which was told.
    std::optional<ModulesConf> read_conf(ConfRequest request, const Speech& speech) const;
    /// Reads modules.dep; nothing: it cannot be, which was told.
    std::optional<DepFile> read_dep(const ModulesConf& conf, const Speech& speech) const;
    /// The file of a module that is called by its bare name, the guest's path.
    std::optional<std::string> find_module(std::string_view name, OwnerCheck owner, const Speech& speech) const;
    /// A module's path without the folder of the module path that it lies in; nothing: it lies in none.
    std::optional<std::string> below_module_path(std::string_view path, const Speech& speech) const;
    /// The folder of files of persistent data.
    std::string persist_folder(const Speech& speech) const;
    /// Whether /var/log/ksymoops is there for snapshots.
    bool has_ksymoops() const;

private:
    FileTree tree_;
    std::string release_;
    bool heap_ = false;

    ModuleHome(FileTree tree, std::string release);
    std::optional<ModulesConf> read_paths(const Speech& speech) const;
};

/// Lets insmod find modules and files in the tree of the machine's user space. `home` and `speech` must outlive the options.
void give_home(InsmodOptions& options, const ModuleHome& home, OwnerCheck owner, const Speech& speech);

/// The environment of this process.
std::map<std::string, std::string> environment_variables();

} // namespace retromod
