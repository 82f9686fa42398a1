// SPDX-License-Identifier: GPL-2.0-or-later
// A mapped file can be cut short, or its disk fail, while it is mapped: the host then ends a process that touches it by SIGBUS.
#pragma once

#include <cstddef>
#include <span>

namespace retromod {

/// While one of these is alive, a page of the mapping that the host cannot give becomes a page of zeros of this process, and
/// `is_broken` remembers it: what the mapping shows from then on is not what the file held, and must not be committed.
/// SIGBUS elsewhere goes where it went before.
class MappingGuard {
public:
    MappingGuard() = default;
    /// std::runtime_error when this process guards as many mappings as it can.
    explicit MappingGuard(std::span<std::byte> mapping);
    ~MappingGuard();
    MappingGuard(MappingGuard&& other) noexcept;
    MappingGuard& operator=(MappingGuard&& other) noexcept;

    bool is_broken() const;

private:
    int row_ = -1;
};

} // namespace retromod
