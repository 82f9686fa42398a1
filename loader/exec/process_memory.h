// SPDX-License-Identifier: GPL-2.0-or-later
// The memory of a program of the host.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace retromod::exec {

/// Access stops where the program itself may not read or write.
class ProcessMemory {
public:
    explicit ProcessMemory(pid_t thread) : thread_(thread) {}

    /// Reads up to the first byte that is not there; returns the number of bytes.
    std::size_t read(std::uint64_t address, std::span<std::byte> into) const;
    /// The same for writing.
    std::size_t write(std::uint64_t address, std::span<const std::byte> from) const;
    /// The text there up to its NUL; nothing where memory ends before. At most `limit` bytes: one of that length has no NUL.
    std::optional<std::string> text(std::uint64_t address, std::size_t limit) const;
    /// Whether the program may write at that address.
    bool is_writable(std::uint64_t address);

private:
    void read_mappings();

    struct Mapping {
        std::uint64_t start, end;
        bool writable;
    };
    pid_t thread_;
    std::optional<std::vector<Mapping>> mappings_; ///< as they were when they were first asked for
};

} // namespace retromod::exec
