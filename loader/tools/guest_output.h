// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/api/guest_file.h"

namespace retromod {

constexpr std::uint64_t whole_file = ~std::uint64_t{};

/// Opens a file of the guest, copies it to stdout until its end or `bytes`, and closes it. What a call refuses is said on
/// stderr, behind `command` and the path; then false.
bool print_guest_file(KernelCalls& calls, const std::string& path, std::string_view command, std::uint64_t bytes);

/// Says that a call on a guest's file failed: `retromod: cat: /proc/foo: open: No such file or directory`.
void complain_of_call(std::string_view command, const std::string& path, std::string_view call, SyscallResult result,
                      const Arch& arch);

} // namespace retromod
