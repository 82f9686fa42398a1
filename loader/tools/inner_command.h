// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/tools/command.h"

namespace retromod {

/// A command that another one runs: the insmod of `trace insmod foo.o`.
struct InnerCommand {
    const Command* command;
    Invocation invocation;
};

/// The command that the first of `words` names, called with the others and with what `outer` was given besides. Nothing, having
/// said why, where there is no such command.
std::optional<InnerCommand> inner_command(const Invocation& outer, const std::vector<std::string>& words);

} // namespace retromod
