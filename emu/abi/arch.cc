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
    // name, utsname, e_machine, word, order, relocations, errno, 64-bit align, scalar align, page, TASK_SIZE, PAGE_OFFSET, text, VMALLOC_START, THREAD_SIZE, ex_table entry, gp
    {"i386", "i686", 3, 4, le, rel, ErrnoSet::generic, 4, 4, 4096, {0xc0000000}, {0xc0000000}, {0xc0100000}, {0xc0800000}, 8192, 8, false},
    {"mipsel", "mips", 8, 4, le, rel, ErrnoSet::mips, 8, 4, 4096, {0x7fff8000}, {0x80000000}, {0x80100000}, {0x90000000}, 8192, 8, false, 1, true},
    {"mips", "mips", 8, 4, be, rel, ErrnoSet::mips, 8, 4, 4096, {0x7fff8000}, {0x80000000}, {0x80100000}, {0x90000000}, 8192, 8, false, 1, true},
    {"ppc", "ppc", 20, 4, be, rela, ErrnoSet::generic, 8, 4, 4096, {0x80000000}, {0xc0000000}, {0xc0100000}, {0xd1000000}, 8192, 8, false},
    {"arm", "armv4l", 40, 4, le, rel, ErrnoSet::generic, 4, 4, 4096, {0xbf000000}, {0xc0000000}, {0xc0100000}, {0xc0800000}, 8192, 8, false, 4},
    {"sparc", "sparc", 2, 4, be, rela, ErrnoSet::sparc, 8, 4, 4096, {0xf0000000}, {0xf0000000}, {0xf0100000}, {0xfe300000}, 8192, 8, false},
    {"m68k", "m68k", 4, 4, be, rela, ErrnoSet::generic, 2, 2, 4096, {0xf0000000}, {0x00000000}, {0x00100000}, {0xc0000000}, 8192, 8, false},
    {"alpha", "alpha", 0x9026, 8, le, rela, ErrnoSet::alpha, 8, 8, 8192, {0x40000000000}, {0xfffffc0000000000}, {0xfffffc0000310000}, {0xfffffe0000000000}, 16384, 8, true},
    {"x86_64", "x86_64", 62, 8, le, rela, ErrnoSet::generic, 8, 8, 4096, {0x7ffffffff000}, {0xffff888000000000}, {0xffffffff81000000}, {0xffffffffc0000000}, 16384, 12, false, 1, false, {0xffffffff80000000}},
    {"s390", "s390", 22, 4, be, rela, ErrnoSet::generic, 8, 4, 4096, {0x80000000}, {0}, {0x10000}, {0x10000000}, 8192, 8, false},
    {"ia64", "ia64", 50, 8, le, rela, ErrnoSet::generic, 8, 8, 16384, {0xa000000000000000}, {0xe000000000000000}, {0xe000000000100000}, {0xa000000000010000}, 32768, 16, false},
    {"hppa", "parisc", 15, 4, be, rela, ErrnoSet::generic, 8, 4, 4096, {0xf0000000}, {0x10000000}, {0x10100000}, {0x20000000}, 16384, 8, false},
    {"sh", "sh4", 42, 4, le, rela, ErrnoSet::generic, 4, 4, 4096, {0x7c000000}, {0x80000000}, {0x80001000}, {0xc0000000}, 8192, 8, false},
    {"cris", "cris", 76, 4, le, rela, ErrnoSet::generic, 1, 1, 8192, {0xb0000000}, {0xc0000000}, {0xc0004000}, {0xd0000000}, 8192, 8, false},
};

// Differs from 2.4: vmalloc (0xffffff0000000000 there) shares the window of modules.
constexpr Arch x86_64_row_of_2_4 = {"x86_64", "x86_64", 62, 8, le, rela, ErrnoSet::generic, 8, 8, 4096, {0x7fc0000000}, {0x10000000000}, {0xffffffff80100000}, {0xffffffffa0000000}, 8192, 16, false, 1, false, {0xffffffff80000000}, {0x10000000000}};

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
