// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/api/machine_path.h"

#include <cstdlib>
#include <stdexcept>

namespace retromod {
namespace {

std::optional<std::string> from_environment(const char* name)
{
    const char* value = std::getenv(name);
    if (!value || !*value) return std::nullopt;
    return value;
}

} // namespace

std::string machine_path(const std::optional<std::string>& chosen)
{
    if (chosen) return *chosen;
    if (auto path = from_environment("RETROMOD_MACHINE")) return *path;
    if (auto state = from_environment("XDG_STATE_HOME")) return *state + "/retromod/machine";
    if (auto home = from_environment("HOME")) return *home + "/.local/state/retromod/machine";
    throw std::runtime_error("no machine: set RETROMOD_MACHINE or HOME, or say --machine PATH");
}

} // namespace retromod
