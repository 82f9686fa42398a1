// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/abi/arch.h"

#include <algorithm>

namespace retromod {
namespace {

constexpr auto le = ByteOrder::little;
constexpr auto be = ByteOrder::big;
constexpr auto rel = RelocationForm::rel;
constexpr auto rela = RelocationForm::rela;

// Differs from 2.4: mips vmalloc is in kseg2 (0xc0000000), which needs a TLB; here it is high in kseg0.
constexpr Arch table[] = {
    {
        .name = "i386", .utsname = "i686", .elf_machine = 3, .word_bytes = 4, .order = le, .relocation_form = rel,
        .errno_set = ErrnoSet::generic, .wide_alignment = 4, .largest_scalar_alignment = 4, .page_bytes = 4096,
        .task_size = {0xc0000000}, .page_offset = {0xc0000000}, .kernel_text = {0xc0100000},
        .vmalloc_start = {0xc0800000}, .thread_bytes = 8192, .exception_entry_bytes = 8, .has_pc_board = true,
    },
    {
        .name = "mipsel", .utsname = "mips", .elf_machine = 8, .word_bytes = 4, .order = le, .relocation_form = rel,
        .errno_set = ErrnoSet::mips, .wide_alignment = 8, .largest_scalar_alignment = 4, .page_bytes = 4096,
        .task_size = {0x7fff8000}, .page_offset = {0x80000000}, .kernel_text = {0x80100000},
        .vmalloc_start = {0x90000000}, .thread_bytes = 8192, .exception_entry_bytes = 8, .has_dbe_table = true,
    },
    {
        .name = "mips", .utsname = "mips", .elf_machine = 8, .word_bytes = 4, .order = be, .relocation_form = rel,
        .errno_set = ErrnoSet::mips, .wide_alignment = 8, .largest_scalar_alignment = 4, .page_bytes = 4096,
        .task_size = {0x7fff8000}, .page_offset = {0x80000000}, .kernel_text = {0x80100000},
        .vmalloc_start = {0x90000000}, .thread_bytes = 8192, .exception_entry_bytes = 8, .has_dbe_table = true,
    },
    {
        .name = "ppc", .utsname = "ppc", .elf_machine = 20, .word_bytes = 4, .order = be, .relocation_form = rela,
        .errno_set = ErrnoSet::generic, .wide_alignment = 8, .largest_scalar_alignment = 4, .page_bytes = 4096,
        .task_size = {0x80000000}, .page_offset = {0xc0000000}, .kernel_text = {0xc0100000},
        .vmalloc_start = {0xd1000000}, .thread_bytes = 8192, .exception_entry_bytes = 8,
    },
    {
        .name = "arm", .utsname = "armv4l", .elf_machine = 40, .word_bytes = 4, .order = le, .relocation_form = rel,
        .errno_set = ErrnoSet::generic, .wide_alignment = 4, .largest_scalar_alignment = 4, .page_bytes = 4096,
        .task_size = {0xbf000000}, .page_offset = {0xc0000000}, .kernel_text = {0xc0100000},
        .vmalloc_start = {0xc0800000}, .thread_bytes = 8192, .exception_entry_bytes = 8,
        .least_structure_alignment = 4,
    },
    {
        .name = "sparc", .utsname = "sparc", .elf_machine = 2, .word_bytes = 4, .order = be, .relocation_form = rela,
        .errno_set = ErrnoSet::sparc, .wide_alignment = 8, .largest_scalar_alignment = 4, .page_bytes = 4096,
        .task_size = {0xf0000000}, .page_offset = {0xf0000000}, .kernel_text = {0xf0100000},
        .vmalloc_start = {0xfe300000}, .thread_bytes = 8192, .exception_entry_bytes = 8,
    },
    {
        .name = "m68k", .utsname = "m68k", .elf_machine = 4, .word_bytes = 4, .order = be, .relocation_form = rela,
        .errno_set = ErrnoSet::generic, .wide_alignment = 2, .largest_scalar_alignment = 2, .page_bytes = 4096,
        .task_size = {0xf0000000}, .page_offset = {0x00000000}, .kernel_text = {0x00100000},
        .vmalloc_start = {0xc0000000}, .thread_bytes = 8192, .exception_entry_bytes = 8,
    },
    {
        .name = "alpha", .utsname = "alpha", .elf_machine = 0x9026, .word_bytes = 8, .order = le,
        .relocation_form = rela, .errno_set = ErrnoSet::alpha, .wide_alignment = 8, .largest_scalar_alignment = 8,
        .page_bytes = 8192, .task_size = {0x40000000000}, .page_offset = {0xfffffc0000000000},
        .kernel_text = {0xfffffc0000310000}, .vmalloc_start = {0xfffffe0000000000}, .thread_bytes = 16384,
        .exception_entry_bytes = 8, .has_gp = true, .tick_rate = 1024,
    },
    {
        .name = "x86_64", .utsname = "x86_64", .elf_machine = 62, .word_bytes = 8, .order = le,
        .relocation_form = rela, .errno_set = ErrnoSet::generic, .wide_alignment = 8, .largest_scalar_alignment = 8,
        .page_bytes = 4096, .task_size = {0x7ffffffff000}, .page_offset = {0xffff888000000000},
        .kernel_text = {0xffffffff81000000}, .vmalloc_start = {0xffffffffc0000000}, .thread_bytes = 16384,
        .exception_entry_bytes = 12, .image_map = {0xffffffff80000000},
    },
    {
        .name = "s390", .utsname = "s390", .elf_machine = 22, .word_bytes = 4, .order = be, .relocation_form = rela,
        .errno_set = ErrnoSet::generic, .wide_alignment = 8, .largest_scalar_alignment = 4, .page_bytes = 4096,
        .task_size = {0x80000000}, .page_offset = {0}, .kernel_text = {0x10000}, .vmalloc_start = {0x10000000},
        .thread_bytes = 8192, .exception_entry_bytes = 8,
    },
    {
        .name = "ia64", .utsname = "ia64", .elf_machine = 50, .word_bytes = 8, .order = le, .relocation_form = rela,
        .errno_set = ErrnoSet::generic, .wide_alignment = 8, .largest_scalar_alignment = 8, .page_bytes = 16384,
        .task_size = {0xa000000000000000}, .page_offset = {0xe000000000000000}, .kernel_text = {0xe000000000100000},
        .vmalloc_start = {0xa000000000010000}, .thread_bytes = 32768, .exception_entry_bytes = 16,
    },
    {
        .name = "hppa", .utsname = "parisc", .elf_machine = 15, .word_bytes = 4, .order = be, .relocation_form = rela,
        .errno_set = ErrnoSet::generic, .wide_alignment = 8, .largest_scalar_alignment = 4, .page_bytes = 4096,
        .task_size = {0xf0000000}, .page_offset = {0x10000000}, .kernel_text = {0x10100000},
        .vmalloc_start = {0x20000000}, .thread_bytes = 16384, .exception_entry_bytes = 8,
    },
    {
        .name = "sh", .utsname = "sh4", .elf_machine = 42, .word_bytes = 4, .order = le, .relocation_form = rela,
        .errno_set = ErrnoSet::generic, .wide_alignment = 4, .largest_scalar_alignment = 4, .page_bytes = 4096,
        .task_size = {0x7c000000}, .page_offset = {0x80000000}, .kernel_text = {0x80001000},
        .vmalloc_start = {0xc0000000}, .thread_bytes = 8192, .exception_entry_bytes = 8,
    },
    {
        .name = "cris", .utsname = "cris", .elf_machine = 76, .word_bytes = 4, .order = le, .relocation_form = rela,
        .errno_set = ErrnoSet::generic, .wide_alignment = 1, .largest_scalar_alignment = 1, .page_bytes = 8192,
        .task_size = {0xb0000000}, .page_offset = {0xc0000000}, .kernel_text = {0xc0004000},
        .vmalloc_start = {0xd0000000}, .thread_bytes = 8192, .exception_entry_bytes = 8,
    },
};

// Differs from 2.4: vmalloc (0xffffff0000000000 there) shares the window of modules.
constexpr Arch x86_64_row_of_2_4 = {
    .name = "x86_64", .utsname = "x86_64", .elf_machine = 62, .word_bytes = 8, .order = le, .relocation_form = rela,
    .errno_set = ErrnoSet::generic, .wide_alignment = 8, .largest_scalar_alignment = 8, .page_bytes = 4096,
    .task_size = {0x7fc0000000}, .page_offset = {0x10000000000}, .kernel_text = {0xffffffff80100000},
    .vmalloc_start = {0xffffffffa0000000}, .thread_bytes = 8192, .exception_entry_bytes = 16,
    .image_map = {0xffffffff80000000}, .user_segment = {0x10000000000},
};

} // namespace

std::span<const Arch> arches() { return table; }

const Arch* find_arch(std::string_view name)
{
    const auto* row = std::ranges::find(table, name, &Arch::name);
    return row == std::end(table) ? nullptr : row;
}

const Arch* find_arch(std::uint16_t elf_machine, unsigned word_bytes, ByteOrder order)
{
    const auto* row = std::ranges::find_if(table, [&](const Arch& arch) {
        return arch.elf_machine == elf_machine && arch.word_bytes == word_bytes && arch.order == order;
    });
    return row == std::end(table) ? nullptr : row;
}

const Arch& x86_64_of_2_4() { return x86_64_row_of_2_4; }

const Arch& i386() { return table[0]; }

} // namespace retromod
