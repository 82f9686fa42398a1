// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/api/session.h"
#include "loader/legacy/insmod.h"

namespace retromod {

/// Text to the program's own stdout and stderr.
TextSinks standard_sinks();

/// insmod on a session's machine: binds unknown imports where the machine was booted with --stub, and tells the kernel
/// the module's symbols for traces and oopses. `calls` are the session's, or stand before them.
InsmodResult run_insmod(InsmodOptions options, Session& session, ModuleCalls& calls,
                        const TextSinks& sinks = standard_sinks());
/// The same of a file that was read already; `options.file` is the name it goes by.
InsmodResult run_insmod(InsmodOptions options, const ProblemOr<ModuleFile>& file, Session& session, ModuleCalls& calls,
                        const TextSinks& sinks);

} // namespace retromod
