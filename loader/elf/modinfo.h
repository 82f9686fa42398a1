// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/elf/elf_file.h"

#include <optional>

namespace retromod {

/// One string of .modinfo. The views point into the section's bytes.
struct ModinfoEntry {
    std::string_view key;
    std::string_view value;
    bool has_value = false; ///< there was a '='
};

/// What a module says of itself: the strings of .modinfo, in their order. Keys repeat (kernel_version, once per linked
/// source); NULs pad between strings; a last string without NUL ends with the section.
class Modinfo {
public:
    Modinfo() = default;
    explicit Modinfo(std::span<const std::byte> section);
    /// Of the file's .modinfo section; empty when it has none. `.modinfo.1` and the like are not read, as in modutils.
    explicit Modinfo(const ElfFile& file);

    const std::vector<ModinfoEntry>& entries() const { return entries_; }

    /// The value of the first entry with that key; an entry without '=' has the value "".
    std::optional<std::string_view> find(std::string_view key) const;

private:
    std::vector<ModinfoEntry> entries_;
};

} // namespace retromod
