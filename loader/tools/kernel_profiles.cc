// SPDX-License-Identifier: GPL-2.0-or-later
// Kernels that were measured.
#include "loader/tools/kernel_profiles.h"

#include <algorithm>

namespace retromod {
namespace {

constexpr KernelProfile profiles[] = {
    {"2.2.6-slackware", "2.2.6", "2.2.6", "2.95", 64, "minix,nbd"},
    {"2.2.26-basiclinux", "2.2.26", "2.2.26", "2.95", 64, ""},
    {"2.4.18-14custom", "2.4.18-14", "2.4.18-14custom", "3", 64, ""},
    {"2.4.27-aks205", "2.4.27", "2.4.27-aks205-rk681-vs460-zs197", "3", 64, "no-rtc,no-isofs,no-apm"},
};

} // namespace

const KernelProfile* find_kernel_profile(std::string_view name)
{
    const auto* row = std::ranges::find(profiles, name, &KernelProfile::name);
    return row == std::end(profiles) ? nullptr : row;
}

std::vector<std::string> kernel_profile_names()
{
    std::vector<std::string> names;
    for (const auto& profile : profiles) names.emplace_back(profile.name);
    return names;
}

} // namespace retromod
