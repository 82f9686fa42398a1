// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/unicorn/mips_tlb.h"

#include "emu/cpu/mips_registers.h"
#include "emu/cpu/unicorn/unicorn_error.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace retromod {
namespace {

constexpr std::uint32_t page_size = 4096;
constexpr std::uint32_t user_end = 0x80000000, kseg0_end = 0xa0000000, kseg2_start = 0xc0000000;
constexpr std::uint32_t routine_start = 0x9ffff000;      // the last page of kseg0
constexpr std::uint32_t kseg0_physical_end = 0x20000000; // user pages below have their physical place elsewhere
constexpr std::uint32_t low_user_physical = 0xc0000000;

constexpr std::uint32_t routines[] = {
    0x40845000, // 0: mtc0 a0, EntryHi
    0x40851000, //    mtc0 a1, EntryLo0
    0x40861800, //    mtc0 a2, EntryLo1
    0x40802800, //    mtc0 zero, PageMask
    0x40870000, //    mtc0 a3, Index
    0x42000002, //    tlbwi
    0x00000000, // 6: the end of it
    0x8c801234, // 7: lw zero, 0x1234(a0)
    0x00000000, // 8: the end of it
};
constexpr unsigned write_routine = 0, write_words = 6, probe_routine = 7, probe_words = 1;
constexpr std::uint32_t probe_offset = 0x1234;

constexpr std::uint32_t entry_valid = 0x02, entry_dirty = 0x04, entry_cached = 0x18;

} // namespace

MipsTlb::MipsTlb(ByteOrder order) : order_(order)
{
    void* page = mmap(nullptr, page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) throw std::bad_alloc();
    routines_ = static_cast<std::byte*>(page);
    for (std::size_t word = 0; word < std::size(routines); ++word)
        store<std::uint32_t>(routines_ + 4 * word, order, routines[word]);
}

MipsTlb::~MipsTlb()
{
    if (scratch_) unicorn_library().context_free(scratch_);
    munmap(routines_, page_size);
}

void MipsTlb::start(uc_engine* uc)
{
    uc_ = uc;
    require(unicorn_library().mem_map_ptr(uc, routine_start, page_size, UC_PROT_ALL, routines_), "routines");
    require(unicorn_library().context_alloc(uc, &scratch_), "uc_context_alloc");
    find_bad_address();
    const std::uint32_t status = mips_kernel_status;
    require(unicorn_library().reg_write(uc, UC_MIPS_REG_CP0_STATUS, &status), "status");
    // Entries that translate nothing, each at an address of its own in kseg0.
    for (unsigned index = 0; index < entry_count; ++index)
        write_entry(index, user_end + index * 2 * page_size);
}

// --- what the emulated CPU runs for us --------------------------------------------------------------------------

void MipsTlb::run_routine(unsigned start_word, unsigned words, std::array<std::uint32_t, 4> arguments)
{
    require(unicorn_library().context_save(uc_, scratch_), "uc_context_save");
    for (unsigned index = 0; index < arguments.size(); ++index)
        require(unicorn_library().reg_write(uc_, UC_MIPS_REG_4 + static_cast<int>(index), &arguments[index]), "argument");
    const auto start = routine_start + 4 * start_word;
    const auto error = unicorn_library().emu_start(uc_, start, start + 4 * words, 0, 0);
    if (start_word == write_routine) {
        require(error, "tlbwi");
        require(unicorn_library().context_restore(uc_, scratch_), "uc_context_restore");
    }
}

void MipsTlb::write_entry(unsigned index, std::uint32_t pair)
{
    entries_[index] = {pair, false};
    run_routine(write_routine, write_words, {pair, entry_low(pair), entry_low(pair + page_size), index});
}

std::uint32_t MipsTlb::entry_low(std::uint32_t page) const
{
    const auto found = pages_.find(page);
    if (found == pages_.end()) return 0;
    const auto frame = static_cast<std::uint32_t>(found->second.physical >> 12 << 6);
    return frame | entry_cached | entry_valid | (found->second.writable ? entry_dirty : 0);
}

std::vector<std::size_t> MipsTlb::places_of(std::uint32_t value) const
{
    std::vector<std::size_t> places;
    const auto* bytes = reinterpret_cast<const std::byte*>(scratch_);
    for (std::size_t at = 0; at + sizeof value <= unicorn_library().context_size(uc_); at += sizeof value)
        if (std::memcmp(bytes + at, &value, sizeof value) == 0) places.push_back(at);
    return places;
}

// Misses two addresses, on a page that Unicorn believes in and the TLB does not know; where the context has held both
// is BadVAddr.
void MipsTlb::find_bad_address()
{
    const std::uint32_t status = mips_kernel_status;
    std::vector<std::size_t> places;
    for (const std::uint32_t base : {0x7ff10000u, 0x7ee20000u}) {
        const auto address = base + probe_offset;
        const auto page = address & ~(page_size - 1);
        require(unicorn_library().reg_write(uc_, UC_MIPS_REG_CP0_STATUS, &status), "status");
        require(unicorn_library().mem_map(uc_, page, page_size, UC_PROT_ALL), "probe");
        run_routine(probe_routine, probe_words, {base, 0, 0, 0});
        require(unicorn_library().mem_unmap(uc_, page, page_size), "probe");
        require(unicorn_library().context_save(uc_, scratch_), "uc_context_save");
        auto found = places_of(address);
        if (!places.empty())
            std::erase_if(found, [&](std::size_t at) { return std::ranges::find(places, at) == places.end(); });
        places = std::move(found);
    }
    if (places.size() != 1) throw std::runtime_error("unicorn: no BadVAddr in a saved MIPS context");
    bad_address_at_ = places.front();
}

GuestAddr MipsTlb::fault_address() const
{
    unicorn_library().context_save(uc_, scratch_);
    std::uint32_t address = 0;
    std::memcpy(&address, reinterpret_cast<const std::byte*>(scratch_) + bad_address_at_, sizeof address);
    return {address};
}

// --- what is mapped ---------------------------------------------------------------------------------------------

std::optional<GuestAddr> MipsTlb::physical(GuestAddr address) const
{
    const auto value = address.value;
    if (value < kseg0_physical_end) return GuestAddr{low_user_physical + value};
    if (value < user_end) return address;
    if (value < routine_start) return GuestAddr{value - user_end};
    return std::nullopt;
}

bool MipsTlb::raises_at(GuestAddr address) const
{
    return address.value < user_end || address.value >= kseg2_start;
}

bool MipsTlb::checks_stores_to(GuestAddr address) const
{
    return address.value < user_end;
}

void MipsTlb::map(const AddressSpace::Mapping& mapping)
{
    if (mapping.range.start.value >= user_end) return;
    const bool writable = static_cast<unsigned>(mapping.protection) & 2;
    for (auto page = mapping.range.start; mapping.range.contains(page); page += page_size) {
        pages_.insert_or_assign(page.value, Page{physical(page)->value, writable});
        if (const auto entry = find_entry(page.value); entry != entry_count) entries_[entry].stale = true;
    }
}

void MipsTlb::unmap(GuestRange range)
{
    pages_.erase(pages_.lower_bound(range.start.value), pages_.lower_bound(range.start.value + range.bytes));
    for (unsigned index = 0; index < entry_count; ++index) {
        const auto pair = entries_[index].pair;
        if (pair + 2 * page_size > range.start.value && pair < range.start.value + range.bytes)
            write_entry(index, user_end + index * 2 * page_size);
    }
}

std::size_t MipsTlb::find_entry(std::uint64_t address) const
{
    const auto pair = round_down(address, 2 * page_size);
    return static_cast<std::size_t>(std::ranges::find(entries_, pair, &Entry::pair) - entries_.begin());
}

bool MipsTlb::needs_refill(GuestAddr address) const
{
    if (!pages_.contains(round_down(address.value, page_size))) return false;
    const auto entry = find_entry(address.value);
    return entry == entry_count || entries_[entry].stale;
}

void MipsTlb::refill(GuestAddr address)
{
    const auto known = find_entry(address.value);
    const auto index = known != entry_count ? static_cast<unsigned>(known) : next_++ % entry_count;
    write_entry(index, static_cast<std::uint32_t>(round_down(address.value, 2 * page_size)));
}

} // namespace retromod
