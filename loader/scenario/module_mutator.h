// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace retromod {

/// What mutations of modules are relative to.
struct MutationContext {
    std::string vermagic;                                             ///< of the kernel, for "$..." values
    std::function<std::size_t(std::string_view member)> member_offset; ///< of struct module, for "field:..."
    std::function<std::vector<std::byte>(const std::string& base)> base;
};

/// The image after a list of operations, applied in order. docs/scenarios.md has the language. Throws ScenarioError for an
/// operation that there is not, or that does not fit the image.
std::vector<std::byte> mutated(std::vector<std::byte> image, const nlohmann::json& operations, const MutationContext& context);

} // namespace retromod
