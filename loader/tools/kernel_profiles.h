// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace retromod {

/// A kernel that was measured, by what `boot` would be told of it. Its list of symbols is the user's (`--versions`).
struct KernelProfile {
    std::string_view name;
    std::string_view release;
    std::string_view uts_release;
    std::string_view compiler;
    unsigned memory_megabytes;
    std::string_view built_in; ///< as for --builtin: what its list of symbols does not tell
};

/// Nothing when there is no profile of that name.
const KernelProfile* find_kernel_profile(std::string_view name);
std::vector<std::string> kernel_profile_names();

} // namespace retromod
