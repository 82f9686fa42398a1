// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/arch.h"
#include "loader/elf/problem.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace retromod {

/// An ELF file header's fields, as the file has them: nothing about them but class and byte order was judged.
struct ElfHeader {
    unsigned word_bytes = 4; ///< by EI_CLASS: 4 or 8
    ByteOrder order = ByteOrder::little;
    std::uint16_t type = 0;                 ///< e_type
    std::uint16_t machine = 0;              ///< e_machine
    std::uint32_t flags = 0;                ///< e_flags
    std::uint64_t section_headers = 0;      ///< e_shoff, bytes into the file
    std::uint16_t section_header_bytes = 0; ///< e_shentsize
    std::uint16_t section_count = 0;        ///< e_shnum
    std::uint16_t names_section = 0;        ///< e_shstrndx

    constexpr std::uint16_t bytes() const { return word_bytes == 8 ? 64 : 52; }
    constexpr std::uint16_t right_section_header_bytes() const { return word_bytes == 8 ? 64 : 40; }
    constexpr std::uint16_t right_symbol_bytes() const { return word_bytes == 8 ? 24 : 16; }
    /// sizeof an entry of SHT_REL, or of SHT_RELA.
    constexpr std::uint16_t right_relocation_bytes(RelocationForm form) const
    {
        return static_cast<std::uint16_t>(word_bytes * (form == RelocationForm::rela ? 3 : 2));
    }

    /// The row of the machine the file is for, or nothing.
    const Arch* arch() const { return find_arch(machine, word_bytes, order); }
};

/// Reads the header at the start of `file`. Problems: truncated_header, not_elf, unknown_architecture (a class, data
/// encoding or version that no architecture has).
ProblemOr<ElfHeader> read_elf_header(std::span<const std::byte> file);

} // namespace retromod
