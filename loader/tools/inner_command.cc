// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/inner_command.h"

#include <fmt/format.h>

namespace retromod {

std::optional<InnerCommand> inner_command(const Invocation& outer, const std::vector<std::string>& words)
{
    const auto* command = words.empty() ? nullptr : find_command(words.front());
    if (!command) {
        complain(words.empty() ? outer.name + ": no command" : fmt::format("{}: unknown command '{}'", outer.name, words.front()));
        return std::nullopt;
    }
    InnerCommand inner{command, outer};
    inner.invocation.name = words.front();
    inner.invocation.arguments.assign(words.begin() + 1, words.end());
    return inner;
}

} // namespace retromod
