// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/modern/modern_kernel.h"

namespace retromod {

/// A descriptor of this process as a guest's kernel sees it: kind, mode and content of its file when this was made. Who
/// else has the file open for writing is not known.
class HostFileView final : public UserFiles {
public:
    /// One that is not open is not open in the guest. std::system_error when a regular file cannot be read,
    /// std::runtime_error when it is larger than any module.
    explicit HostFileView(int descriptor);
    const UserFile* file(std::int32_t descriptor) override;

private:
    int descriptor_;
    std::optional<UserFile> file_;
};

} // namespace retromod
