// SPDX-License-Identifier: GPL-2.0-or-later
// The options of every command: --machine, --dry-run, --durable, --no-jail, --no-wait, --budget, --engine, --fail, --check.
#pragma once

#include "loader/tools/command.h"

#include <optional>
#include <string>
#include <vector>

namespace retromod {

/// Takes the option that `words` has at `at` out of them, with its value, into `invocation`. False when the word there is
/// none of these; an exit status when its value is missing or wrong, which was said.
struct GlobalOption {
    bool taken = false;
    std::optional<int> status;
};
GlobalOption take_global_option(std::vector<std::string>& words, std::size_t at, Invocation& invocation);

/// Takes all of them that stand before a `--`. An exit status when one is wrong, which was said.
std::optional<int> take_global_options(std::vector<std::string>& words, Invocation& invocation);

} // namespace retromod
