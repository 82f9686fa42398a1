// SPDX-License-Identifier: GPL-2.0-or-later
// kmalloc: power-of-two blocks from 32 bytes to 128 KiB, as mm/slab.c of 2.4 sizes them. Blocks below a page share
// pages of their size; which block of a page is in use is a bit map kept outside the guest, so that a guest that writes
// past its block can hurt other guest data, as on a real machine, but never the allocator.
#include "emu/kernel/heap.h"

#include "emu/kernel/slabs.h"

#include <algorithm>
#include <array>
#include <bit>

namespace retromod {
namespace {

bool bit(const SlabRow& slab, std::uint64_t index) { return slab.in_use[index / 64] >> (index % 64) & 1; }
void flip(SlabRow& slab, std::uint64_t index) { slab.in_use[index / 64] ^= std::uint64_t{1} << (index % 64); }

/// The first free block of a slab, or as many blocks as it has.
std::uint64_t first_free(const SlabRow& slab, std::uint64_t blocks)
{
    std::uint64_t index = 0;
    while (index < blocks && bit(slab, index)) ++index;
    return index;
}

unsigned size_class(std::uint64_t bytes) { return static_cast<unsigned>(std::countr_zero(bytes)) - 5; }

} // namespace

bool Heap::allows(AllocationKind kind)
{
    if (fail_every_ && ++questions_ % fail_every_ == 0) return false;
    auto& counter = state_->fail_allocation[static_cast<int>(kind)];
    return counter == 0 || --counter != 0;
}

GuestAddr Heap::allocate(std::uint64_t bytes)
{
    if (bytes > largest_block) return {};
    const auto page_bytes = machine_.arch().page_bytes;
    const auto block = std::bit_ceil(std::max(bytes, smallest_block));
    auto slabs = machine_.table<SlabRow>();
    auto& index = machine_.single<SlabIndexRow>();
    const auto page_of = [&](const SlabRow& slab) { return (slab.page - machine_.arch().page_offset.value) / page_bytes; };
    if (block >= page_bytes) {
        const auto start = machine_.memory().allocate_frame_run(block / page_bytes, block / page_bytes);
        if (!start) return {};
        auto* slab = slabs.insert();
        if (!slab) return {};
        slab->block_bytes = static_cast<std::uint32_t>(block);
        slab->page = start->value;
        index.row_of_page[page_of(*slab)] = slabs.number_of(*slab) + 1;
        machine_.memory().fill(*start, block, std::byte{0});
        return *start;
    }
    const auto blocks = page_bytes / block;
    const auto has_room = [&](const SlabRow& slab) { return slab.block_bytes == block && first_free(slab, blocks) < blocks; };
    auto& roomy = index.roomy[size_class(block)];
    SlabRow* slab = roomy ? slabs.find(roomy - 1) : nullptr;
    if (!slab || !has_room(*slab)) {
        const auto start = machine_.memory().allocate_frames(0);
        slab = start ? slabs.insert() : nullptr;
        if (!slab) return {};
        slab->block_bytes = static_cast<std::uint32_t>(block);
        slab->page = start->value;
        index.row_of_page[page_of(*slab)] = slabs.number_of(*slab) + 1;
        roomy = slabs.number_of(*slab) + 1;
    }
    const auto place = first_free(*slab, blocks);
    flip(*slab, place);
    const GuestAddr address{slab->page + place * block};
    machine_.memory().fill(address, block, std::byte{0});
    return address;
}

std::uint64_t Heap::size_of(GuestAddr block)
{
    if (!machine_.memory().in_direct_map(block)) return 0;
    const auto page = (block - machine_.arch().page_offset) / machine_.arch().page_bytes;
    const auto row = machine_.single<SlabIndexRow>().row_of_page[page];
    const auto* slab = row ? machine_.table<SlabRow>().find(row - 1) : nullptr;
    if (!slab) return 0;
    if (slab->block_bytes >= machine_.arch().page_bytes) return block.value == slab->page ? slab->block_bytes : 0;
    const auto offset = block.value - slab->page;
    if (offset >= machine_.arch().page_bytes || offset % slab->block_bytes || !bit(*slab, offset / slab->block_bytes)) return 0;
    return slab->block_bytes;
}

bool Heap::free(GuestAddr block)
{
    const auto bytes = size_of(block);
    if (!bytes) return false;
    if (watch_) watch_->gone(block);
    auto& index = machine_.single<SlabIndexRow>();
    auto slabs = machine_.table<SlabRow>();
    auto& row = index.row_of_page[(block - machine_.arch().page_offset) / machine_.arch().page_bytes];
    auto& slab = *slabs.find(row - 1);
    const bool small = bytes < machine_.arch().page_bytes;
    if (small) {
        flip(slab, (block.value - slab.page) / bytes);
        index.roomy[size_class(bytes)] = row;
        if (std::ranges::any_of(slab.in_use, [](auto bits) { return bits != 0; })) return true;
        index.roomy[size_class(bytes)] = 0;
    }
    machine_.memory().free_frames({slab.page}, small ? 1 : bytes / machine_.arch().page_bytes);
    slabs.erase(slab);
    row = 0;
    return true;
}

} // namespace retromod
