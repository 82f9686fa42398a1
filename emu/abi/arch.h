// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/byte_order.h"
#include "emu/abi/guest_addr.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace retromod {

/// How a relocation's addend is kept: in the place it patches (REL) or in the entry (RELA).
enum class RelocationForm : std::uint8_t { rel, rela };

/// Which of the kernel's errno number sets an architecture uses (include/asm-*/errno.h).
enum class ErrnoSet : std::uint8_t { generic, mips, alpha, sparc };

/// One guest architecture: every number about it that is not code.
/// Source: include/asm-*/{page,processor,pgtable,elf,errno}.h of 2.4.37.11; for x86_64 since 2.6,
/// Documentation/x86/x86_64/mm.rst and asm/page_64_types.h of 6.1.
struct Arch {
    std::string_view name;         ///< as `uname -m` would distinguish it: "i386", "mipsel"
    std::string_view utsname;      ///< utsname.machine of a machine of this kind
    std::uint16_t elf_machine;     ///< e_machine
    unsigned word_bytes;           ///< sizeof(long), and of a pointer: 4 or 8
    ByteOrder order;
    RelocationForm relocation_form;
    ErrnoSet errno_set;
    unsigned wide_alignment;       ///< alignment of a 64-bit integer inside a structure, bytes
    unsigned largest_scalar_alignment; ///< alignment of a pointer or int at most: 2 on m68k
    std::uint64_t page_bytes;
    GuestAddr task_size;           ///< TASK_SIZE: user addresses are below it
    GuestAddr page_offset;         ///< PAGE_OFFSET: where the direct map of memory begins
    GuestAddr kernel_text;         ///< where the kernel image begins in the direct map
    GuestAddr vmalloc_start;       ///< lowest possible VMALLOC_START; the machine's memory may push it up
    std::uint64_t thread_bytes;    ///< THREAD_SIZE: task_struct and kernel stack together
    unsigned exception_entry_bytes;///< sizeof(struct exception_table_entry)
    bool has_gp = false;           ///< struct module has a gp member (alpha)
    unsigned least_structure_alignment = 1; ///< of any structure or union, bytes: 4 by arm's old ABI
    bool has_dbe_table = false;    ///< archdata begins with the bounds of a table of bus errors (mips)
    GuestAddr image_map = {};      ///< where the kernel image's own window on memory begins; 0: it is in the direct map
    GuestAddr user_segment = {};   ///< USER_DS, a user task's address limit, where that is not TASK_SIZE
    unsigned tick_rate = 100;      ///< HZ: ticks per second
    bool has_pc_board = false;     ///< its machines are PCs: ISA bus, 440FX bridge, 8259 interrupt controllers

    /// `value` cut to the width of a machine word.
    constexpr std::uint64_t word(std::uint64_t value) const
    {
        return word_bytes == 8 ? value : value & 0xffffffffu;
    }
    /// A machine word as a signed number.
    constexpr std::int64_t signed_word(std::uint64_t value) const
    {
        return word_bytes == 8 ? static_cast<std::int64_t>(value) : static_cast<std::int32_t>(value);
    }
};

/// All architectures known by name, those without an engine included.
std::span<const Arch> arches();

/// The row of that name, or nothing. That of x86_64 is of kernels since 2.6: arch_in_release (release.h) gives a release's own.
const Arch* find_arch(std::string_view name);

/// The row for an ELF header's e_machine, word size and byte order, or nothing.
const Arch* find_arch(std::uint16_t elf_machine, unsigned word_bytes, ByteOrder order);

/// x86-64 as the kernels of 2.4 lay it out.
/// Source: include/asm-x86_64/{page,pgtable,processor,uaccess}.h and Documentation/x86_64/mm.txt of 2.4.22 and 2.4.37.11.
const Arch& x86_64_of_2_4();

/// The i386 row: the default machine.
const Arch& i386();

} // namespace retromod
