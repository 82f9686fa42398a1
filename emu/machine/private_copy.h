// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/machine/host_file.h"

#include <memory>

namespace retromod {

/// A whole file's bytes in memory of our own; its holes take none.
class PrivateCopy {
public:
    PrivateCopy() = default;
    /// Throws std::system_error.
    explicit PrivateCopy(const HostFile& file);

    std::span<std::byte> bytes() const { return {mapping_.get(), mapping_.get_deleter().bytes}; }

private:
    struct Unmap {
        std::size_t bytes;
        void operator()(std::byte* mapping) const;
    };
    std::unique_ptr<std::byte[], Unmap> mapping_{nullptr, Unmap{0}};
};

} // namespace retromod
