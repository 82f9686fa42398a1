// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/unicorn/x86_64_paging.h"

#include "emu/cpu/unicorn/unicorn_error.h"

#include <sys/mman.h>

#include <algorithm>
#include <new>

namespace retromod {
namespace {

constexpr std::uint64_t page = 4096, large_page = 2 << 20, giga = 1 << 30;

/// A part of the virtual addresses and where it lies in the CPU's physical ones.
struct Window {
    std::uint64_t start, bytes, physical;
};
constexpr Window windows[] = {
    {0, 64 * giga, 0},
    {0x6fc0000000, 64 * giga, 384 * giga}, // up to TASK_SIZE of 2.4
    {0x10000000000, 64 * giga, 320 * giga}, // the direct map of 2.4
    {0x7ff000000000, 64 * giga, 64 * giga},
    {0xffff888000000000, 64 * giga, 128 * giga},
    {0xffffffff80000000, 2 * giga - page, 192 * giga}, // without the last page, where a region of Unicorn's would not end
};

// The tables themselves. They are handed out and never taken back: an emptied one serves the next mapping there.
constexpr std::uint64_t tables_start = 256 * giga, tables_bytes = 64 << 20;
constexpr std::uint64_t most_tables = tables_bytes / page, entries_per_table = 512;

// Accessed and dirty are set beforehand, so that the walker never writes.
constexpr std::uint64_t present = 0x61, writable = 0x02, large = 0x80, address_bits = 0x000ffffffffff000;
constexpr std::uint64_t cr0_paging = 0x80000000, cr0_write_protect = 0x00010000, cr4_pae = 0x20;

void write(uc_engine* uc, int number, std::uint64_t value)
{
    require(unicorn_library().reg_write(uc, number, &value), "control register");
}

} // namespace

X86_64Paging::X86_64Paging()
{
    void* memory =
        mmap(nullptr, tables_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    tables_ = static_cast<std::uint64_t*>(memory);
}

X86_64Paging::~X86_64Paging()
{
    munmap(tables_, tables_bytes);
}

void X86_64Paging::start(uc_engine* uc)
{
    uc_ = uc;
    require(unicorn_library().mem_map_ptr(uc, tables_start, tables_bytes, UC_PROT_READ | UC_PROT_WRITE, tables_), "page tables");
    std::uint64_t cr0 = 0, cr4 = 0;
    require(unicorn_library().reg_read(uc, UC_X86_REG_CR0, &cr0), "cr0");
    require(unicorn_library().reg_read(uc, UC_X86_REG_CR4, &cr4), "cr4");
    write(uc, UC_X86_REG_CR3, tables_start);
    write(uc, UC_X86_REG_CR4, cr4 | cr4_pae);
    write(uc, UC_X86_REG_CR0, cr0 | cr0_paging | cr0_write_protect);
}

std::optional<GuestAddr> X86_64Paging::physical(GuestAddr address) const
{
    const auto* const window =
        std::ranges::find_if(windows, [&](const Window& row) { return address.value - row.start < row.bytes; });
    if (window == std::end(windows)) return std::nullopt;
    return GuestAddr{window->physical + (address.value - window->start)};
}

GuestAddr X86_64Paging::fault_address() const
{
    std::uint64_t cr2 = 0;
    unicorn_library().reg_read(uc_, UC_X86_REG_CR2, &cr2);
    return {cr2};
}

void X86_64Paging::map(const AddressSpace::Mapping& mapping)
{
    const bool writes = static_cast<unsigned>(mapping.protection) & 2;
    set_entries(mapping.range, writes ? present | writable : present);
}

void X86_64Paging::unmap(GuestRange range)
{
    set_entries(range, 0);
}

std::uint64_t* X86_64Paging::table_at(std::uint64_t physical) const
{
    return tables_ + (physical - tables_start) / sizeof *tables_;
}

/// The table that an entry of the level above points to; a fresh one where there was none, or a large page.
std::uint64_t* X86_64Paging::table_below(std::uint64_t& entry)
{
    if (!entry || (entry & large)) {
        if (tables_used_ == most_tables) throw std::runtime_error("x86_64: the guest's memory is too scattered");
        entry = (tables_start + tables_used_++ * page) | present | writable;
    }
    return table_at(entry & address_bits);
}

void X86_64Paging::set_entries(GuestRange range, std::uint64_t flags)
{
    const auto index = [](std::uint64_t address, unsigned shift) { return address >> shift & (entries_per_table - 1); };
    for (std::uint64_t done = 0; done < range.bytes;) {
        const auto at = range.start.value + done;
        const auto target = physical({at})->value;
        auto* const level3 = table_below(tables_[index(at, 39)]);
        auto* const level2 = table_below(level3[index(at, 30)]);
        auto& middle = level2[index(at, 21)];
        if (at % large_page == 0 && target % large_page == 0 && range.bytes - done >= large_page) {
            middle = flags ? target | flags | large : 0;
            done += large_page;
            continue;
        }
        table_below(middle)[index(at, 12)] = flags ? target | flags : 0;
        done += page;
    }
}

} // namespace retromod
