// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/check/pointer_search.h"

#include "emu/kernel/slabs.h"
#include "emu/machine/machine_layout.h"
#include "loader/check/block_notes.h"

#include <algorithm>

namespace retromod {

std::set<std::uint64_t> PointerSearch::run()
{
    const auto& state = kernel_.machine().header().memory;
    look_through({{state.text_end}, state.image_end - state.text_end});
    look_through_tables();
    look_through_heap();
    look_through_areas();
    while (!unread_.empty()) {
        const auto address = unread_.back();
        unread_.pop_back();
        look_through({{address}, blocks_.at(address)});
    }
    return found_;
}

/// The host's rows hold addresses of the guest: what is registered with the kernel.
void PointerSearch::look_through_tables()
{
    const auto mapping = kernel_.machine().mapping();
    const std::span directory(reinterpret_cast<const TableHeader*>(mapping.data() + machine_directory_offset), machine_table_limit);
    for (const auto& table : directory.first(kernel_.machine().header().table_count)) {
        if (table.name == CheckedBlockRow::table_name) continue;
        const auto rows = mapping.subspan(table.offset, std::uint64_t{table.high_water} * table.row_bytes);
        for (std::size_t at = 0; at + 8 <= rows.size(); at += 4) {
            const auto wide = load<std::uint64_t>(rows.data() + at, host_byte_order);
            look_at(kernel_.arch().word_bytes == 4 ? wide & 0xffffffff : wide);
        }
    }
}

void PointerSearch::look_through_heap()
{
    const auto page_bytes = kernel_.arch().page_bytes;
    for (const auto& slab : kernel_.machine().table<SlabRow>()) {
        const bool is_small = slab.block_bytes < page_bytes;
        for (std::uint64_t i = 0; i < (is_small ? page_bytes / slab.block_bytes : 1); ++i) {
            const bool is_used = !is_small || (slab.in_use[i / 64] >> (i % 64) & 1);
            const auto address = slab.page + i * slab.block_bytes;
            if (is_used && !blocks_.contains(address)) look_through({{address}, slab.block_bytes});
        }
    }
}

/// Modules that are loaded, and what vmalloc gave out.
void PointerSearch::look_through_areas()
{
    auto& memory = kernel_.memory();
    const auto window = memory.vmalloc_window();
    for (auto at = window.start; window.contains(at);) {
        const auto area = memory.vmalloc_area(at);
        if (area) look_through(*area);
        at = area ? area->start + area->bytes : at + kernel_.arch().page_bytes;
    }
}

void PointerSearch::look_through(GuestRange range)
{
    const auto word = kernel_.arch().word_bytes;
    auto bytes = kernel_.memory().bytes(range.start, Access::read, range.bytes);
    bytes = bytes.first(std::min<std::uint64_t>(bytes.size(), range.bytes));
    for (std::size_t at = 0; at + word <= bytes.size(); at += word)
        look_at(load_unsigned(bytes.data() + at, word, kernel_.arch().order));
}

/// An address inside of a block leads to it as well.
void PointerSearch::look_at(std::uint64_t word)
{
    auto block = blocks_.upper_bound(word);
    if (block == blocks_.begin()) return;
    --block;
    if (word - block->first >= block->second || !found_.insert(block->first).second) return;
    unread_.push_back(block->first);
}

} // namespace retromod
