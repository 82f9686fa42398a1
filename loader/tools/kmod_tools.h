// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/tools/command.h"

namespace retromod {

/// Whether the machine that the user means has a kernel that links modules itself: its tools are kmod's.
bool is_modern_machine(const Invocation& invocation);

// insmod, rmmod and lsmod as kmod 30 has them.
int kmod_insmod_command(const Invocation& invocation);
int kmod_rmmod_command(const Invocation& invocation);
int kmod_lsmod_command(const Invocation& invocation);
int kmod_modprobe_command(const Invocation& invocation);
int kmod_depmod_command(const Invocation& invocation);
/// Files of /proc and /sys of a machine since 2.6.
int kmod_cat(const Invocation& invocation, const std::vector<std::string>& paths);
int kmod_ls(const Invocation& invocation, const std::vector<std::string>& paths);
int kmod_modinfo_command(const Invocation& invocation);

/// The two lines of -V of Debian 12's kmod.
void show_kmod_version();

enum class ExplainWhat : std::uint8_t { load, unload };
/// explain: `words` are a module file and its parameters; to unload, a module's name.
int kmod_explain(const Invocation& invocation, const std::vector<std::string>& words, ExplainWhat what);

} // namespace retromod
