// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/release.h"
#include "emu/kernel/module_view.h"

#include <cstdint>
#include <map>
#include <optional>

namespace retromod {

/// Where a member of struct module that scenarios name lies: of the release's own header, or in the words behind it, which
/// is where a later release has the member.
Field scenario_header_field(const ModuleLayout& layout, std::string_view name);

/// Whether the release's own struct module has that member.
bool scenario_header_member(std::string_view name, const ModuleLayout& layout);

/// What the numbers of an i386 scenario are on another architecture. An offset in a module keeps its meaning: members of
/// struct module go where they are there, words behind it go apart by the width of a word, a byte keeps its distance from
/// the nearest word's boundary (so that one past the end is one past the end); callbacks get room for longer code.
class ArchNumbers {
public:
    ArchNumbers(const Release& release, const Arch& arch);

    const Arch& arch() const { return arch_; }
    const ModuleLayout& layout() const { return layout_; }
    std::uint64_t i386_header_bytes() const { return i386_layout_.header_bytes(); }

    /// An offset in a module, or its size.
    std::uint64_t offset(std::uint64_t i386) const;
    /// A module's size: as an offset, but for those that note_size named.
    std::uint64_t size(std::uint64_t i386) const;
    /// The size sizeof(struct module) + `behind`, which counts the bytes of a name, stays that.
    void note_size(std::int64_t behind);
    /// A count of bytes that is made of words: a structure, an array.
    std::uint64_t words(std::uint64_t i386) const;
    /// A word: addresses of the reference kernel's text are moved to where the architecture has it, -1 stays -1.
    std::uint64_t word(std::uint64_t i386) const;
    /// Bytes of a table of `count` pairs of words with text behind it, or of a part of that.
    std::uint64_t table_with_text(std::uint64_t i386, std::uint64_t count) const;

private:
    const Arch& arch_;
    ModuleLayout i386_layout_, layout_;
    std::map<std::uint64_t, std::uint64_t> named_sizes_;
};

} // namespace retromod
