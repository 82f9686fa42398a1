// SPDX-License-Identifier: GPL-2.0-or-later
// What names of the guest's /dev, /proc and /sys are.
#pragma once

#include "loader/exec/supervisor.h"

namespace retromod::exec {

constexpr std::uint32_t kind_permissions = 0444; ///< of a text

struct NameKind {
    std::uint64_t mode = 0, device = 0; ///< mode 0: there is no such name
    int error = 0;                      ///< then: of the host's numbers
};

/// Asks the machine for it.
NameKind kind_of(Supervisor& supervisor, ProgramCall& call, std::string_view path);

/// The texts of a payload, each with its NUL.
std::vector<std::string> split_names(std::span<const std::byte> payload);

} // namespace retromod::exec
