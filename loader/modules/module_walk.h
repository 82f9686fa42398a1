// SPDX-License-Identifier: GPL-2.0-or-later
// Finds the module files of a tree in the order in which modutils does.
#pragma once

#include "loader/modules/modules_conf.h"

namespace retromod {

/// Whether files must belong to root. Differs from modutils: the user who runs the tool stands for root.
enum class OwnerCheck : bool { off, on };

/// How a tree of modules is searched.
struct ModuleSearch {
    const FileTree& tree;
    const ModulesConf& conf;
    const Speech& speech;
    OwnerCheck owner = OwnerCheck::on;
};

/// Every file in the folders of `conf.paths`, each once, the guest's paths: `-a` of depmod, `-l` of modprobe. A folder that
/// a path line names and that has folders of known names is a top level: `kernel` and the other known ones come first, then
/// other folders, then files, without those that are pruned. All else is walked by the alphabet, 64 folders deep at most.
/// A `type` keeps those that have /TYPE/ in their path; a `pattern` those whose last component it matches (* ? []).
/// Source: modutils 2.4 util/xftw.c, config.c.
std::vector<std::string> list_modules(const ModuleSearch& search, std::string_view pattern = "*",
                                      std::string_view type = {});

/// The file of a module that is called by its bare name: NAME, NAME.o or NAME.o.gz in the first folder that has it.
std::optional<std::string> find_module_file(const ModuleSearch& search, std::string_view name);

/// The last component of a path without `.o`, `.mod` or `.o.gz`: what modules.dep knows a module by.
std::string_view module_key(std::string_view path);

} // namespace retromod
