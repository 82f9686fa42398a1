// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/machine/host_file.h"

#include <cstdint>
#include <span>
#include <vector>

namespace retromod {

/// The page of the host, bytes: the unit of a commit.
std::uint64_t host_page_bytes();

/// Tells which pages of a copy-on-write mapping this process wrote: they are anonymous memory now, the others still
/// belong to the file. Costs nothing while the pages are written.
class DirtyPages {
public:
    enum class Method {
        scan,      ///< ioctl PAGEMAP_SCAN, Linux 6.7
        pagemap,   ///< reading /proc/self/pagemap
        comparison ///< with the file, where the host refuses both; slow
    };

    /// Opens what the best method needs, for this process: a forked child needs its own.
    DirtyPages();
    /// With one method, for tests.
    explicit DirtyPages(Method method);

    /// The numbers of pages of `mapping`, a copy-on-write mapping of `file` from `offset` on, that were written; ascending, from 0.
    /// Comparison leaves out pages that were written with what they held.
    std::vector<std::uint64_t> find(std::span<const std::byte> mapping, const HostFile& file, std::uint64_t offset = 0);

    Method method() const { return method_; }

private:
    bool tells_the_truth() const;
    bool scan(std::span<const std::byte> mapping, std::vector<std::uint64_t>& found) const;
    bool read_pagemap(std::span<const std::byte> mapping, std::vector<std::uint64_t>& found) const;

    HostFile pagemap_;
    Method method_;
};

} // namespace retromod
