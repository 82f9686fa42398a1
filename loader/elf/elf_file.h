// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/elf/constants.h"
#include "loader/elf/header.h"

#include <string_view>
#include <vector>

namespace retromod {

/// A relocatable object, or where that is asked for an executable, in memory, every access checked against its bounds. The
/// views it hands out are values that point into the file's bytes, which must outlive them.
class ElfFile {
public:
    /// A section's header, and its contents in the file.
    struct Section {
        std::uint32_t index = 0;
        std::string_view name;
        std::uint32_t type = 0;
        std::uint64_t flags = 0;
        std::uint64_t address = 0;
        std::uint64_t size = 0; ///< bytes; of the image, for SHT_NOBITS
        std::uint64_t file_offset = 0;
        std::uint32_t link = 0;
        std::uint32_t info = 0;
        std::uint64_t alignment = 0;
        std::uint64_t entry_bytes = 0;
        std::span<const std::byte> contents; ///< empty for SHT_NULL and SHT_NOBITS
    };

    struct Symbol {
        std::uint32_t index = 0;
        std::string_view name; ///< its section's name, when it has none of its own
        std::uint64_t value = 0;
        std::uint64_t size = 0;
        std::uint8_t binding = 0;
        std::uint8_t type = 0;
        std::uint32_t section = 0; ///< st_shndx, reserved numbers included
    };

    struct Relocation {
        std::uint64_t offset = 0; ///< bytes into the section it patches
        std::uint32_t type = 0;
        std::uint32_t symbol = 0;
        std::int64_t addend = 0; ///< 0 in a REL entry
    };

    /// Checks the header, the section headers, that every section lies within the file and every section name within
    /// its table. The machine may be one that has no Arch row.
    static ProblemOr<ElfFile> open(std::span<const std::byte> file, std::uint16_t type = elf::et_rel);

    const ElfHeader& header() const { return header_; }
    std::span<const std::byte> bytes() const { return file_; }
    const std::vector<Section>& sections() const { return sections_; }

    /// The first section of that name, or nothing.
    const Section* find_section(std::string_view name) const;

    /// The symbols of a SHT_SYMTAB section, the empty first one included. Problems: symbol_size, bad_link, and those
    /// of a bad name or section index.
    ProblemOr<std::vector<Symbol>> symbols(const Section& table) const;

    /// The entries of a SHT_REL or SHT_RELA section. Problem: relocation_size.
    ProblemOr<std::vector<Relocation>> relocations(const Section& table) const;

private:
    ElfHeader header_;
    std::span<const std::byte> file_;
    std::vector<Section> sections_;

    Section read_section(std::uint32_t index) const;
    ProblemOr<Symbol> read_symbol(const Section& table, const Section& names, std::uint32_t index) const;
};

/// The NUL-terminated string at `offset` of a string table. `where` names the table's user in the problem.
ProblemOr<std::string_view> string_at(std::span<const std::byte> table, std::uint64_t offset, std::string_view where);

} // namespace retromod
