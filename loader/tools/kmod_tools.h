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


enum class ExplainWhat : std::uint8_t { load, unload };
/// explain: `words` are a module file and its parameters; to unload, a module's name.
int kmod_explain(const Invocation& invocation, const std::vector<std::string>& words, ExplainWhat what);

} // namespace retromod
