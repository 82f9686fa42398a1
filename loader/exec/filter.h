// SPDX-License-Identifier: GPL-2.0-or-later
// The seccomp filter that hands a program's system calls to its supervisor.
#pragma once

#include <linux/filter.h>

#include <string_view>
#include <vector>

namespace retromod::exec {

/// A filter that notifies of the system calls of these names, of the host's own ABI and of its 32-bit one, and allows the rest.
/// Calls that only one of them has count for that one. Errors: std::runtime_error.
std::vector<sock_filter> notifying_filter(const std::vector<std::string_view>& names);

/// The name of a system call of a seccomp notification ("openat"); "" for a number that libseccomp does not know.
std::string system_call_name(unsigned architecture, int number);

/// Puts this process under the filter for good; what it starts is under it, too. The listener's descriptor, or -errno: makes no
/// system call afterwards.
int enter_filter(const std::vector<sock_filter>& filter);

} // namespace retromod::exec
