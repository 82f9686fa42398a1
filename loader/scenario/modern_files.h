// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/modern/modern_kernel.h"

namespace retromod {

/// The open files of a scenario's process.
class ModernFiles final : public UserFiles {
public:
    const UserFile* file(std::int32_t descriptor) override;
    /// A descriptor for `fd` as scenarios word it ("O_RDONLY", "read end of a pipe", "77 (not open)"), of a file with this
    /// content, or of that path. Throws ScenarioError for words that mean nothing.
    std::int32_t open(const std::string& fd, const std::string& path, std::vector<std::byte> content);

private:
    std::map<std::int32_t, UserFile> files_;
    std::map<std::string, std::uint64_t> inodes_;
    std::int32_t next_ = 3;
};

} // namespace retromod
