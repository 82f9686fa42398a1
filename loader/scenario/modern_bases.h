// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace retromod {

/// The base modules that modern scenarios start from. Ours are part of this program (images/modern); a folder of others
/// has files NAME.ko, or NAME where the name has a suffix of its own, and may have them by release in FOLDER/RELEASE.
class ModernBases {
public:
    explicit ModernBases(std::string folder = {}) : folder_(std::move(folder)) {}

    /// The base of that name for that release. Throws ScenarioError when there is none.
    std::vector<std::byte> find(std::string_view release, const std::string& name) const;
    /// The certificate, PEM, whose key signed our bases.
    static std::string_view trusted_key();

private:
    std::string folder_;
};

} // namespace retromod
