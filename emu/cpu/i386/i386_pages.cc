// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/i386/i386_pages.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace retromod {
namespace {

constexpr std::uint8_t readable_bit = 1, writable_bit = 2;

void set_protection(std::byte* host, std::uint64_t bytes, int protection)
{
    if (::mprotect(host, bytes, protection) != 0) throw std::bad_alloc(); // too many mappings
}

} // namespace

I386Pages::I386Pages(AddressSpace& memory, GuestWindow& window)
    : memory_(memory), window_(window),
      direct_{memory.arch().page_offset, memory.total_pages() * page_bytes}, marks_(std::size_t{1} << 20)
{
    areas_.reserve(most_areas);
    shown_to_host_ = true; // nothing is protected yet
    window_.set_guard(this);
}

I386Pages::~I386Pages()
{
    try {
        show_to_host();
    } catch (const std::bad_alloc&) {
        // One protection for all of a mapping splits none: this cannot be.
    }
    window_.set_guard(nullptr);
}

// --- protections ------------------------------------------------------------------------------------------------

int I386Pages::protection(GuestAddr address) const
{
    const auto mark = marks(address);
    if (direct_.contains(address) && !(mark & code)) return PROT_READ | PROT_WRITE; // text and hole: see set_direct_map
    const bool reads = direct_.contains(address) || (mark & readable_bit);
    const bool writes = direct_.contains(address) || (mark & writable_bit);
    if (!reads) return PROT_NONE;
    return writes && (!(mark & code) || (mark & mixed)) ? PROT_READ | PROT_WRITE : PROT_READ;
}

bool I386Pages::try_to_protect(GuestRange range) const noexcept
{
    for (std::uint64_t done = 0; done < range.bytes;) {
        const auto wanted = protection(range.start + done);
        const auto first = done;
        do done += page_bytes;
        while (done < range.bytes && protection(range.start + done) == wanted);
        if (::mprotect(host(range.start + first), done - first, wanted) != 0) return false;
    }
    return true;
}

void I386Pages::protect(GuestRange range) const
{
    if (!try_to_protect(range)) throw std::bad_alloc(); // too many mappings
}

void I386Pages::show_to_host()
{
    if (shown_to_host_) return;
    const auto vmalloc = memory_.vmalloc_window();
    set_protection(host(direct_.start), direct_.bytes, PROT_READ | PROT_WRITE);
    set_protection(host(vmalloc.start), vmalloc.bytes, PROT_READ | PROT_WRITE);
    shown_to_host_ = true;
}

// The parts of the direct map that have another protection than the rest: kernel text and the ISA hole.
void I386Pages::set_direct_map()
{
    for (auto at = direct_.start; direct_.contains(at);) {
        const auto mapping = memory_.mapping(at);
        if (!mapping) {
            at = at + page_bytes;
            continue;
        }
        const bool writes = (static_cast<unsigned>(mapping->protection) & 2) && !mapping->loses_stores;
        if (!writes) set_protection(host(mapping->range.start), mapping->range.bytes, PROT_READ);
        at = mapping->range.start + mapping->range.bytes;
    }
}

void I386Pages::restore()
{
    if (shown_to_host_) {
        const auto vmalloc = memory_.vmalloc_window();
        set_protection(host(vmalloc.start), vmalloc.bytes, PROT_NONE);
        set_direct_map();
        for (const auto& area : areas_) protect(area);
        for (const auto page : code_pages_)
            if (direct_.contains(page) && !refuses_stores(page)) protect_page(page);
        shown_to_host_ = false;
        for (unsigned i = 0; i < opened_count_; ++i)
            for (std::uint64_t page = 0; page < opened_[i].pages; ++page)
                marks(opened_[i].start + page * page_bytes) &= static_cast<std::uint8_t>(~(opened | written));
        opened_count_ = 0;
        return;
    }
    if (opened_count_ == most_opened) {
        show_to_host();
        return restore();
    }
    while (opened_count_) {
        const auto range = opened_[opened_count_ - 1];
        opened_count_ = opened_count_ - 1;
        close_for_host(range);
    }
}

void I386Pages::close_for_host(const OpenedPages& range)
{
    const auto page = range.start;
    const bool was_written = marks(page) & written;
    for (std::uint64_t i = 0; i < range.pages; ++i)
        marks(page + i * page_bytes) &= static_cast<std::uint8_t>(~(opened | written));
    if (refuses_stores(page)) set_protection(host(page), page_bytes, PROT_READ);
    else protect({page, range.pages * page_bytes});
    if (was_written && (marks(page) & code)) note_store_to_code(page);
}

/// The pages of the vmalloc window that are opened at once: twice as many each time, on both sides, so that a host that walks
/// through an area is stopped a few times only.
I386Pages::OpenedPages I386Pages::pages_to_open(GuestAddr page) const noexcept
{
    constexpr unsigned most_doublings = 12;
    if (!is_vmalloc(page) || (marks(page) & code)) return {page, 1};
    const auto wanted = (std::uint64_t{1} << std::min(unsigned{opened_count_}, most_doublings)) * page_bytes;
    const auto is_free = [&](GuestAddr at) { return is_vmalloc(at) && !(marks(at) & (code | opened)); };
    auto start = page, end = page + page_bytes;
    while (start.value % wanted && is_free({start.value - page_bytes})) start = {start.value - page_bytes};
    while (end.value % wanted && is_free(end)) end = end + page_bytes;
    return {start, (end - start) / page_bytes};
}

bool I386Pages::open_for_host(std::byte* address, bool write) noexcept
{
    const GuestAddr at{static_cast<std::uint64_t>(address - window_.base())};
    if (!direct_.contains(at) && !is_vmalloc(at)) return false;
    if (map_area_for_host(at, write)) return true;
    const GuestAddr page{round_down(at.value, page_bytes)};
    const bool is_new = !shown_to_host_ && !(marks(page) & opened);
    const auto range = is_new ? pages_to_open(page) : OpenedPages{page, 1};
    if (::mprotect(host(range.start), range.pages * page_bytes, PROT_READ | PROT_WRITE) != 0) return false;
    if (!is_new) return true;
    if (opened_count_ == most_opened) {
        // The list is full: everything is opened, and all protections are made anew.
        if (::mprotect(host(direct_.start), direct_.bytes, PROT_READ | PROT_WRITE) != 0) return false;
        const auto vmalloc = memory_.vmalloc_window();
        if (::mprotect(host(vmalloc.start), vmalloc.bytes, PROT_READ | PROT_WRITE) != 0) return false;
        shown_to_host_ = true;
        return true;
    }
    for (std::uint64_t i = 0; i < range.pages; ++i)
        marks(range.start + i * page_bytes) |= static_cast<std::uint8_t>(write ? opened | written : opened);
    opened_[opened_count_] = range;
    opened_count_ = opened_count_ + 1;
    return true;
}

/// In a signal handler: opens the area at `at` as the guest may use it, and leaves it open, so that exports which work on an area
/// again and again are stopped once. False where that is not enough for the access.
bool I386Pages::map_area_for_host(GuestAddr at, bool write) noexcept
{
    if (shown_to_host_ || !is_vmalloc(at) || (marks(at) & (readable | opened)) || areas_.size() == most_areas) return false;
    const auto mapping = memory_.mapping(at);
    if (!mapping) return false;
    note_area(*mapping);
    const int wanted = write ? PROT_WRITE : PROT_READ;
    return try_to_protect(mapping->range) && (protection(at) & wanted);
}

bool I386Pages::refuses_stores(GuestAddr page) const
{
    if (!direct_.contains(page)) return false;
    const auto mapping = memory_.mapping(page);
    return !mapping || mapping->loses_stores || !(static_cast<unsigned>(mapping->protection) & 2);
}

void I386Pages::note_store_to_code(GuestAddr address)
{
    constexpr unsigned many = 4;
    if (++stores_to_code_[address.value / page_bytes] == many) busy_.push_back({round_down(address.value, page_bytes)});
}

// --- accesses ---------------------------------------------------------------------------------------------------

I386Pages::Refusal I386Pages::resolve(GuestAddr address, bool write)
{
    address = {address.value & 0xffffffff};
    const auto mark = marks(address);
    const bool allowed = !memory_.bytes(address, write ? Access::write : Access::read, 1).empty();
    if (direct_.contains(address)) {
        if (write && !allowed) {
            const auto mapping = memory_.mapping(address);
            return mapping && mapping->loses_stores ? Refusal::lost : Refusal::fault;
        }
    }
    if (!allowed) return Refusal::fault;
    if (write && (mark & code) && !(mark & mixed)) {
        const bool mapped = direct_.contains(address) || (mark & writable_bit);
        if (mapped) {
            note_store_to_code(address);
            return Refusal::code;
        }
    }
    if (is_vmalloc(address)) {
        const auto mapping = memory_.mapping(address);
        if (!mapping) return Refusal::fault;
        map_area(*mapping);
        return Refusal::none;
    }
    if (memory_.is_user(address)) return pull_user_page(address, write) ? Refusal::none : Refusal::fault;
    return allowed ? Refusal::none : Refusal::fault;
}

void I386Pages::map_area(const AddressSpace::Mapping& mapping)
{
    if (areas_.size() == most_areas) unmap_areas();
    note_area(mapping);
    protect(mapping.range);
}

/// Takes no memory: the list has room.
void I386Pages::note_area(const AddressSpace::Mapping& mapping) noexcept
{
    const auto bits = static_cast<std::uint8_t>(static_cast<unsigned>(mapping.protection) & 3);
    for (std::uint64_t at = 0; at < mapping.range.bytes; at += page_bytes) {
        auto& mark = marks(mapping.range.start + at);
        mark = static_cast<std::uint8_t>((mark & ~3) | bits);
    }
    const auto same = [&](const GuestRange& area) { return area.start == mapping.range.start; };
    std::erase_if(areas_, same);
    areas_.push_back(mapping.range);
}

void I386Pages::unmap(GuestRange range)
{
    std::erase_if(areas_, [&](const GuestRange& area) {
        const bool gone = area.start - range.start < range.bytes || range.start - area.start < area.bytes;
        if (gone && (marks(area.start) & writable_bit)) touched_.push_back(area);
        return gone;
    });
    for (std::uint64_t at = 0; at < range.bytes; at += page_bytes) {
        stores_to_code_.erase((range.start + at).value / page_bytes);
        marks(range.start + at) &= static_cast<std::uint8_t>(opened | written);
    }
    std::erase_if(code_pages_, [&](GuestAddr page) { return range.contains(page); });
    if (!shown_to_host_) set_protection(host(range.start), range.bytes, PROT_NONE);
}

void I386Pages::unmap_areas()
{
    for (const auto& area : areas_) {
        if (marks(area.start) & writable_bit) touched_.push_back(area);
        for (std::uint64_t at = 0; at < area.bytes; at += page_bytes)
            marks(area.start + at) &= static_cast<std::uint8_t>(~3);
    }
    if (!areas_.empty() && !shown_to_host_) {
        const auto vmalloc = memory_.vmalloc_window();
        set_protection(host(vmalloc.start), vmalloc.bytes, PROT_NONE);
    }
    areas_.clear();
}

std::vector<GuestRange> I386Pages::take_touched(bool ran)
{
    auto touched = std::exchange(touched_, {});
    if (!ran) return touched;
    for (const auto& area : areas_)
        if (marks(area.start) & writable_bit) touched.push_back(area);
    // Few areas stay, so that what is said to be touched is not all that ever was.
    constexpr std::size_t kept_areas = 16;
    if (areas_.size() > kept_areas) {
        unmap_areas();
        touched_.clear();
    }
    return touched;
}

// --- stores that change nothing ---------------------------------------------------------------------------------

void I386Pages::open_lost(GuestAddr address)
{
    const GuestAddr page{round_down(address.value, page_bytes)};
    lost_.push_back({page, {host(page), host(page) + page_bytes}});
    set_protection(host(page), page_bytes, PROT_READ | PROT_WRITE);
}

void I386Pages::close_lost()
{
    for (const auto& page : lost_) {
        std::memcpy(host(page.address), page.bytes.data(), page_bytes);
        set_protection(host(page.address), page_bytes, PROT_READ);
    }
    lost_.clear();
}

// --- code -------------------------------------------------------------------------------------------------------

void I386Pages::add_code(GuestRange range)
{
    const auto end = range.start.value + range.bytes;
    for (auto at = round_down(range.start.value, page_bytes); at < end; at += page_bytes) {
        auto& mark = marks({at});
        if (mark & code) continue;
        mark |= code;
        code_pages_.push_back({at});
        if (shown_to_host_) continue;
        const bool is_mapped = direct_.contains({at}) || (mark & writable_bit);
        if (is_mapped && !(mark & mixed) && !refuses_stores({at})) protect_page({at});
    }
}

void I386Pages::make_mixed(GuestAddr address)
{
    marks(address) |= mixed;
    if (!shown_to_host_) protect_page(address);
}

void I386Pages::remove_code(GuestAddr address)
{
    auto& mark = marks(address);
    if (!(mark & code)) return;
    mark &= static_cast<std::uint8_t>(~code);
    std::erase(code_pages_, GuestAddr{round_down(address.value, page_bytes)});
    if (!shown_to_host_ && !refuses_stores(address)) protect_page(address);
}

// --- user pages -------------------------------------------------------------------------------------------------

bool I386Pages::pull_user_page(GuestAddr address, bool write)
{
    const auto mapping = memory_.mapping(address);
    if (!mapping) return false;
    const bool writes = static_cast<unsigned>(mapping->protection) & 2;
    if (write && !writes) return false;
    const GuestAddr page{round_down(address.value, page_bytes)};
    set_protection(host(page), page_bytes, PROT_READ | PROT_WRITE);
    std::memcpy(host(page), mapping->host + (page - mapping->range.start), page_bytes);
    marks(page) |= static_cast<std::uint8_t>(writes ? readable_bit | writable_bit : readable_bit);
    user_pages_.push_back({page, mapping->host + (page - mapping->range.start), writes});
    protect_page(page);
    return true;
}

void I386Pages::give_back_user_pages(std::vector<GuestRange>& gone)
{
    for (const auto& page : user_pages_) {
        if (page.writable) std::memcpy(page.user, host(page.address), page_bytes);
        const bool held_code = marks(page.address) & code;
        marks(page.address) = 0;
        if (held_code) {
            std::erase(code_pages_, page.address);
            gone.push_back({page.address, page_bytes});
        }
        set_protection(host(page.address), page_bytes, PROT_NONE);
    }
    user_pages_.clear();
}

} // namespace retromod
