// SPDX-License-Identifier: GPL-2.0-or-later
// Counts basic blocks in a register of the host that no instruction of the guest changes.
#pragma once

#include <cstdint>

namespace retromod {

/// The count of blocks that are left is an address in a window of the host: each block begins with a load from one byte lower,
/// and a load below the window faults. Neither needs the flags.
class I386BlockCount {
public:
    /// Throws std::bad_alloc.
    I386BlockCount();
    ~I386BlockCount();
    I386BlockCount(const I386BlockCount&) = delete;
    I386BlockCount& operator=(const I386BlockCount&) = delete;

    static constexpr std::uint64_t most = 4 << 20; ///< blocks between two fills

    /// The register's value when `blocks`, at most `most`, may be run.
    std::uint64_t filled(std::uint64_t blocks) const { return window_ + blocks; }
    std::uint64_t left(std::uint64_t value) const { return value - window_; }
    bool used_up(std::uint64_t value) const { return value < window_; }
    bool holds(std::uint64_t address) const { return address - (window_ - guard) < guard + most; }

    /// The next block faults, whatever the count. May be called in a signal handler.
    void close() noexcept;
    void open();

private:
    static constexpr std::uint64_t guard = 64 << 10;
    std::uint64_t window_ = 0;
};

} // namespace retromod
