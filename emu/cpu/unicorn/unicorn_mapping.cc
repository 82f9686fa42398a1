// SPDX-License-Identifier: GPL-2.0-or-later
// What the engine has mapped of the guest's memory, and which of its translations are stale.
#include "emu/cpu/unicorn/unicorn_engine.h"
#include "emu/cpu/unicorn/unicorn_error.h"

#include <algorithm>
#include <cstring>

namespace retromod {

bool UnicornEngine::is_vmalloc(const Mapped& mapped) const
{
    return memory_.vmalloc_window().contains(mapped.mapping.range.start);
}

const UnicornEngine::Mapped* UnicornEngine::find_mapped(GuestAddr address) const
{
    auto after = mapped_.upper_bound(address.value);
    if (after == mapped_.begin()) return nullptr;
    const auto& found = std::prev(after)->second;
    return found.mapping.range.contains(address) ? &found : nullptr;
}

namespace {

// A page that may not be written would do, but Unicorn stores there all the same once it was told to go on.
std::uint64_t read_bus(uc_engine*, std::uint64_t offset, unsigned size, void* host)
{
    std::uint64_t value = 0;
    std::memcpy(&value, static_cast<const std::byte*>(host) + offset,
                std::min<std::size_t>(size, sizeof value)); // of a little-endian guest, on such a host
    return value;
}

void lose_store(uc_engine*, std::uint64_t, unsigned, std::uint64_t, void*) {}

} // namespace

bool UnicornEngine::map_at(GuestAddr address)
{
    if (find_mapped(address)) return false;
    auto mapping = memory_.mapping({round_down(address.value, page_bytes)});
    if (!mapping || mapping->protection == Protection::none) return false;
    auto& range = mapping->range;
    if (const auto next = mapped_.lower_bound(range.start.value); next != mapped_.end())
        range.bytes = std::min(range.bytes, next->first - range.start.value);
    const auto physical = mmu_->physical(range.start);
    if (!physical) return false;
    const auto end = mmu_->physical(range.start + (range.bytes - 1));
    if (!end || *end - *physical != range.bytes - 1) range = {{round_down(address.value, page_bytes)}, page_bytes};
    remove_decoys({*physical, range.bytes});
    const bool executable = static_cast<unsigned>(mapping->protection) & 4;
    const bool writable = static_cast<unsigned>(mapping->protection) & 2;
    // Unicorn's own check of stores would let the block run on.
    const bool stores = writable || mmu_->checks_stores_to(range.start);
    const auto permissions = UC_PROT_READ | (stores ? UC_PROT_WRITE : 0) | (executable ? UC_PROT_EXEC : 0);
    const auto put_at = [&](GuestAddr place) {
        if (mapping->loses_stores)
            return require(unicorn_library().mmio_map(uc_, place.value, range.bytes, read_bus, mapping->host, lose_store, nullptr),
                           "uc_mmio_map");
        const auto bits = static_cast<std::uint32_t>(permissions);
        require(unicorn_library().mem_map_ptr(uc_, place.value, range.bytes, bits, mapping->host),
                "uc_mem_map_ptr");
    };
    put_at(*physical);
    if (mmu_->is_looked_up_untranslated(range.start)) {
        remove_decoys(range);
        put_at(range.start);
    }
    mmu_->map(*mapping);
    mapped_.emplace(range.start.value, Mapped{*mapping, *physical});
    // Unicorn stops the process beyond some 4000 mappings.
    constexpr std::size_t comfortable = 256;
    if (mapped_.size() > comfortable) call_attention(attention_crowded);
    return true;
}

void UnicornEngine::unmap(MappedRanges::iterator at)
{
    const auto& [mapping, physical] = at->second;
    drop_translations(mapping.range);
    for (auto page = mapping.range.start; page < mapping.range.start + mapping.range.bytes; page += page_bytes)
        executed_.erase(page.value);
    current_page_ = no_address;
    mmu_->unmap(mapping.range);
    require(unicorn_library().mem_unmap(uc_, physical.value, mapping.range.bytes), "uc_mem_unmap");
    if (mmu_->is_looked_up_untranslated(mapping.range.start))
        require(unicorn_library().mem_unmap(uc_, mapping.range.start.value, mapping.range.bytes), "uc_mem_unmap");
    if (is_vmalloc(at->second) && (static_cast<unsigned>(mapping.protection) & 2)) touched_.push_back(mapping.range);
    mapped_.erase(at);
}

void UnicornEngine::unmap_overlapping(GuestRange range)
{
    auto at = mapped_.upper_bound(range.start.value);
    if (at != mapped_.begin() && std::prev(at)->second.mapping.range.contains(range.start)) --at;
    const auto end = range.start.value + range.bytes;
    while (at != mapped_.end() && at->first < end)
        unmap(at++);
}

// Gives back what is cheap to map again: all but the direct map and the code that runs.
void UnicornEngine::unmap_spare()
{
    for (auto at = mapped_.begin(); at != mapped_.end();) {
        const auto current = at++;
        const auto& range = current->second.mapping.range;
        if (!memory_.in_direct_map(range.start) && !range.contains(pc_)) unmap(current);
    }
}

void UnicornEngine::drop_translations(GuestRange range)
{
    executed_.for_each(range, [&](GuestRange part) {
        // A page of 64 bits can have the number of another one in the set: Unicorn must know it.
        if (!find_mapped(part.start)) return;
        const auto remove = UC_CTL_WRITE(UC_CTL_TB_REMOVE_CACHE, 2);
        unicorn_library().ctl(uc_, remove, part.start.value, part.start.value + part.bytes);
    });
}

void UnicornEngine::remove_decoys(GuestRange physical)
{
    std::erase_if(decoys_, [&](GuestAddr decoy) {
        if (!physical.contains(decoy)) return false;
        require(unicorn_library().mem_unmap(uc_, decoy.value, page_bytes), "uc_mem_unmap");
        return true;
    });
}

std::vector<GuestRange> UnicornEngine::take_touched()
{
    auto touched = std::exchange(touched_, {});
    const bool ran = std::exchange(touched_at_, blocks_) != blocks_;
    if (!ran) return touched;
    std::size_t areas = 0;
    for (const auto& [start, mapped] : mapped_) {
        if (!is_vmalloc(mapped)) continue;
        ++areas;
        if (static_cast<unsigned>(mapped.mapping.protection) & 2) touched.push_back(mapped.mapping.range);
    }
    // Few areas stay, so that a module that runs often is not translated anew each time.
    constexpr std::size_t kept_areas = 16;
    if (areas > kept_areas) call_attention(attention_crowded);
    return touched;
}

} // namespace retromod
