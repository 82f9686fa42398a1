// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/unicorn/i386_paging.h"

#include "emu/cpu/unicorn/unicorn_error.h"

#include <sys/mman.h>

#include <algorithm>
#include <new>

namespace retromod {
namespace {

// The private area. Table N describes the 4 MB from N << 22 on and stands at private_start + N * page; the table that
// would describe the private area itself is the page directory, in which that area is not present.
constexpr std::uint32_t page = 4096;
constexpr std::uint32_t private_start = 0xffc00000;
constexpr std::uint32_t gdt_start = private_start - page;
constexpr std::uint32_t private_bytes = 0x00400000 + page;
constexpr unsigned directory_table = 1023;

constexpr std::uint32_t address_of(unsigned table)
{
    return private_start + table * page;
}

// Accessed and dirty are set beforehand, so that the walker never writes.
constexpr std::uint32_t present = 0x61, writable = 0x02, large = 0x80;
constexpr std::uint32_t cr0_paging = 0x80000000, cr0_write_protect = 0x00010000, cr4_large_pages = 0x10;

// Flat segments, accessed: index 2 kernel code, 3 kernel data, 4 user code, 5 user data.
constexpr std::uint64_t gdt[] = {0, 0, 0x00cf9b000000ffff, 0x00cf93000000ffff, 0x00cffb000000ffff, 0x00cff3000000ffff};

void write(uc_engine* uc, int number, std::uint32_t value)
{
    require(unicorn_library().reg_write(uc, number, &value), "control register");
}

} // namespace

I386Paging::I386Paging()
{
    void* memory =
        mmap(nullptr, private_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    std::copy(std::begin(gdt), std::end(gdt), static_cast<std::uint64_t*>(memory));
    tables_ = static_cast<std::uint32_t*>(memory) + page / sizeof *tables_;
    set_entries({{gdt_start}, page}, present);
}

I386Paging::~I386Paging()
{
    munmap(tables_ - page / sizeof *tables_, private_bytes);
}

std::uint32_t* I386Paging::directory() const
{
    return table(directory_table);
}

void I386Paging::start(uc_engine* uc)
{
    uc_ = uc;
    require(
        unicorn_library().mem_map_ptr(uc, gdt_start, private_bytes, UC_PROT_READ | UC_PROT_WRITE, tables_ - page / sizeof *tables_),
        "page tables");
    std::uint32_t cr0 = 0, cr4 = 0;
    require(unicorn_library().reg_read(uc, UC_X86_REG_CR0, &cr0), "cr0");
    require(unicorn_library().reg_read(uc, UC_X86_REG_CR4, &cr4), "cr4");
    write(uc, UC_X86_REG_CR3, address_of(directory_table));
    write(uc, UC_X86_REG_CR4, cr4 | cr4_large_pages);
    write(uc, UC_X86_REG_CR0, cr0 | cr0_paging | cr0_write_protect);
    const uc_x86_mmr gdtr{.selector = 0, .base = gdt_start, .limit = sizeof gdt - 1, .flags = 0};
    require(unicorn_library().reg_write(uc, UC_X86_REG_GDTR, &gdtr), "gdtr");
    constexpr std::uint32_t kernel_code = 0x10, kernel_data = 0x18;
    for (const int segment : {UC_X86_REG_SS, UC_X86_REG_DS, UC_X86_REG_ES})
        write(uc, segment, kernel_data);
    write(uc, UC_X86_REG_CS, kernel_code);
}

std::optional<GuestAddr> I386Paging::physical(GuestAddr address) const
{
    if (address.value >= gdt_start) return std::nullopt;
    return address;
}

GuestAddr I386Paging::fault_address() const
{
    std::uint32_t cr2 = 0;
    unicorn_library().reg_read(uc_, UC_X86_REG_CR2, &cr2);
    return {cr2};
}

void I386Paging::map(const AddressSpace::Mapping& mapping)
{
    const bool writes = static_cast<unsigned>(mapping.protection) & static_cast<unsigned>(Protection::read_write) & 2;
    set_entries(mapping.range, writes ? present | writable : present);
}

void I386Paging::unmap(GuestRange range)
{
    set_entries(range, 0);
}

void I386Paging::set_entries(GuestRange range, std::uint32_t flags)
{
    constexpr std::uint64_t chunk = 1 << 22;
    const auto end = range.start.value + range.bytes;
    for (auto at = range.start.value; at < end;) {
        const auto number = static_cast<unsigned>(at >> 22);
        if (at % chunk == 0 && end - at >= chunk) {
            directory()[number] = flags ? static_cast<std::uint32_t>(at) | flags | large : 0;
            at += chunk;
            continue;
        }
        directory()[number] = address_of(number) | present | writable;
        table(number)[(at >> 12) & 1023] = flags ? static_cast<std::uint32_t>(at) | flags : 0;
        at += page;
    }
}

} // namespace retromod
