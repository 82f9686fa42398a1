// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace retromod {

/// A copy of a module's image in which the kernel finds neither symbol versions nor a version magic: what kmod makes for a
/// forced load where there is no finit_module. An image that is no ELF object comes back as it is.
std::vector<std::byte> without_versions(std::span<const std::byte> image);

} // namespace retromod
