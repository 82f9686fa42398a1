// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/arch.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace retromod {

/// What a relocation type wants of the global offset table.
enum class GotNeed : std::uint8_t { none, table, slot };

/// One relocation type of an architecture.
struct RelocationKind {
    std::uint32_t type;
    std::string_view name; ///< "R_386_PC32"
    unsigned field_bytes;  ///< of the field it patches
    GotNeed got = GotNeed::none;
    bool is_branch = false; ///< may go through a veneer where its target is out of reach
};

/// The code that goes on to a target anywhere, for branches that do not reach it. Lies in the section `.plt`.
struct Veneer {
    unsigned bytes = 0;
    void (*write)(std::span<std::byte> place, std::uint64_t target, ByteOrder order) = nullptr;
};

enum class RelocationOutcome : std::uint8_t { ok, overflow, dangerous, place_not_zero, unhandled };

/// One relocation, in the psABI's letters. All are addresses or offsets in bytes, of the guest.
struct RelocationSite {
    std::uint32_t type;
    std::byte* place;  ///< the field in the section's contents
    std::uint64_t S;   ///< value of the symbol
    std::uint64_t A;   ///< addend of a RELA entry; REL keeps it in the field
    std::uint64_t P;   ///< address of the field
    std::uint64_t B;   ///< base of the module
    std::uint64_t GOT; ///< address of .got
    std::uint64_t G;   ///< offset of the symbol's slot in .got
    std::uint64_t V;   ///< address of the veneer to the symbol; 0: there is none
    ByteOrder order;
    std::size_t entry; ///< number of this entry in its table
    std::span<std::byte> contents; ///< of the section; the field is at `offset`
    std::uint64_t offset;
};

/// The upper half of a mips address whose lower half is still to come.
struct PendingHigh16 {
    std::byte* place;
    std::uint64_t S;
    std::size_t entry;
};

/// What has to be kept from one relocation of a table to the next.
struct RelocationState {
    std::vector<PendingHigh16> pending; ///< R_MIPS_HI16 without their R_MIPS_LO16
    std::vector<std::size_t> unpaired;  ///< entries whose other half was for another address
};

/// How modules of one architecture are relocated: an architecture's file registers one row.
struct RelocationArch {
    std::uint16_t elf_machine;
    unsigned word_bytes;
    std::span<const RelocationKind> kinds;
    RelocationOutcome (*apply)(const RelocationSite& site, RelocationState& state);
    /// The section whose bounds fill the module's archdata (mips: bus error handlers; ppc: places that
    /// depend on the CPU's features); "" when there is none.
    std::string_view archdata_section;
    /// Where the global pointer points to in .got, bytes (alpha); 0 when there is none. With it every module has a .got.
    std::uint64_t gp_in_got = 0;
    /// Section flag of what must lie near the global pointer (alpha): these follow .data. 0 when there is none.
    std::uint64_t small_data_flag = 0;
    Veneer veneer = {};

    const RelocationKind* find(std::uint32_t type) const;
};

/// The row for `arch`, or nothing: then its modules cannot be linked.
const RelocationArch* relocation_arch(const Arch& arch);

extern const RelocationArch relocation_i386;
extern const RelocationArch relocation_x86_64;
extern const RelocationArch relocation_mips;
extern const RelocationArch relocation_alpha;
extern const RelocationArch relocation_ppc;
extern const RelocationArch relocation_arm;
extern const RelocationArch relocation_sparc;
extern const RelocationArch relocation_m68k;

} // namespace retromod
