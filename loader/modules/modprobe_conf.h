// SPDX-License-Identifier: GPL-2.0-or-later
// What modprobe.d says: aliases, options, commands, soft dependencies.
#pragma once

#include "loader/modules/file_tree.h"
#include "loader/modules/speech.h"

#include <string>
#include <vector>

namespace retromod {

/// `KEYWORD NAME TEXT` of modprobe.d; NAME of an alias, install or remove line may be a shell pattern.
struct ModprobeLine {
    std::string name;
    std::string text{};
};

/// `softdep MODULE pre: A B post: C`.
struct SoftDependency {
    std::string name;
    std::vector<std::string> before, after;
};

/// A configuration as kmod's modprobe reads it.
struct ModprobeConf {
    std::vector<ModprobeLine> aliases, options, installs, removes;
    std::vector<std::string> blacklist;
    std::vector<SoftDependency> soft_dependencies;
};

/// Reads *.conf of /etc/modprobe.d, /run/modprobe.d, /usr/local/lib/modprobe.d and /lib/modprobe.d by name, an earlier
/// folder's file in place of a later one's, then the kernel's command line: `MODULE.PARAMETER=VALUE`,
/// `modprobe.blacklist=A,B`. With `-C` that file or folder alone. Wrong lines are told and passed over.
/// Source: kmod 30 libkmod/libkmod-config.c.
ModprobeConf read_modprobe_conf(const FileTree& tree, std::string_view given, std::string_view command_line, const Speech& speech);

/// The lines of it, as `modprobe -c` shows them.
std::string modprobe_conf_text(const ModprobeConf& conf);

} // namespace retromod
