// SPDX-License-Identifier: GPL-2.0-or-later
// linux/mm.h. Source: mm/page_alloc.c, mm/memory.c of 2.4.
#include "emu/exports/family.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/symbols.h"

namespace retromod {
namespace {

GuestAddr allocate_pages(Kernel& kernel, ULong order)
{
    if (order.value > 9 || !kernel.heap().allows(AllocationKind::page)) return {};
    return kernel.memory().allocate_frames(static_cast<unsigned>(order.value)).value_or(GuestAddr{});
}

GuestAddr get_free_pages(Kernel& kernel, std::uint32_t, ULong order) { return allocate_pages(kernel, order); }

GuestAddr get_zeroed_page(Kernel& kernel, std::uint32_t)
{
    const auto page = allocate_pages(kernel, {0});
    if (page) kernel.memory().fill(page, kernel.arch().page_bytes, std::byte{0});
    return page;
}

void free_pages(Kernel& kernel, GuestAddr at, ULong order)
{
    if (at && order.value <= 9) kernel.memory().free_frames(at, std::uint64_t{1} << order.value);
}

/// The struct page of a page of the direct map, and back: mem_map is one array.
GuestAddr page_of(Kernel& kernel, GuestAddr at)
{
    const auto number = (at - kernel.arch().page_offset) / kernel.arch().page_bytes;
    return kernel.memory().load_pointer(kernel.symbols().variable("mem_map")) + number * kernel.layouts().size("struct page");
}
GuestAddr address_of(Kernel& kernel, GuestAddr page)
{
    const auto number =
        (page - kernel.memory().load_pointer(kernel.symbols().variable("mem_map"))) / kernel.layouts().size("struct page");
    return kernel.arch().page_offset + number * kernel.arch().page_bytes;
}

// All memory is mapped for good; there is no high memory.
GuestAddr kmap_high(Kernel& kernel, GuestAddr page) { return address_of(kernel, page); }
GuestAddr no_page(Kernel&, GuestAddr) { return {}; }

GuestAddr alloc_pages(Kernel& kernel, std::uint32_t, std::uint32_t order)
{
    const auto at = allocate_pages(kernel, {order});
    if (!at) return {};
    const auto page = page_of(kernel, at);
    GuestStruct(kernel, "struct page", page).set("count.counter", std::uint64_t{1});
    return page;
}

void free_page_struct(Kernel& kernel, GuestAddr page, std::uint32_t order)
{
    if (!page) return;
    GuestStruct fields(kernel, "struct page", page);
    const auto users = fields.get_int("count.counter") - 1;
    fields.set("count.counter", static_cast<std::uint32_t>(users));
    if (users <= 0) free_pages(kernel, address_of(kernel, page), {order});
}

GuestAddr alloc_core_page(Kernel& kernel) { return alloc_pages(kernel, 0, 0); }
/// A page that has lost its last user.
void free_core_page(Kernel& kernel, GuestAddr page) { free_pages(kernel, address_of(kernel, page), {0}); }

void free_one_page(Kernel& kernel, GuestAddr page) { free_page_struct(kernel, page, 0); }

/// struct sysinfo, i386: uptime, loads[3], totalram, freeram, sharedram, bufferram, totalswap, freeswap, procs.
void si_meminfo(Kernel& kernel, GuestAddr info)
{
    const auto word = kernel.arch().word_bytes;
    const bool in_pages = kernel.machine().release().series_minor >= 4;
    const auto unit = in_pages ? 1 : kernel.arch().page_bytes;
    kernel.memory().store_word(info + 4 * word, kernel.memory().total_pages() * unit);
    kernel.memory().store_word(info + 5 * word, kernel.memory().free_pages() * unit);
    for (unsigned i = 6; i < 8; ++i) kernel.memory().store_word(info + i * word, 0);
    if (in_pages)
        kernel.memory().store<std::uint32_t>(info + 13 * word, static_cast<std::uint32_t>(kernel.arch().page_bytes)); // mem_unit
}

// Differs from 2.4: a user mapping of device or kernel memory is not made.
std::int32_t remap_page_range(Kernel&, ULong, ULong, ULong, ULong) { return 0; }

void nothing(Kernel&, GuestAddr) {}

constexpr Export functions[] = {
    full<get_free_pages>("__get_free_pages"),
    full<get_zeroed_page>("get_zeroed_page", since_2_4),
    full<free_pages>("free_pages"),
    full<alloc_pages>("__alloc_pages", until(LayoutVersion::v2_4_0)),
    full<alloc_pages>("_alloc_pages", from(LayoutVersion::v2_4_18_14)),
    full<free_page_struct>("__free_pages", since_2_4),
    full<free_one_page>("__free_page", only_2_2),
    full<alloc_core_page>("kc_alloc_page"),
    full<free_core_page>("kc_free_page"),
    full<si_meminfo>("si_meminfo"),
    full<kmap_high>("kmap_high", since_2_4),
    full<nothing>("kunmap_high", since_2_4),
    inert<no_page>("vmalloc_to_page", from(LayoutVersion::v2_4_18_14)),
    inert<remap_page_range>("remap_page_range"),
};

std::uint64_t one_word(Kernel& kernel) { return kernel.arch().word_bytes; }

/// PG_reserved's bit number differs: 14 in 2.4 mainline. Pages of the kernel image and of the ISA hole carry it.
void make_mem_map(Kernel& kernel, GuestAddr variable)
{
    const auto bytes = kernel.memory().total_pages() * kernel.layouts().size("struct page");
    const auto at = kernel.memory().allocate_image(bytes, 32);
    kernel.memory().store_word(variable, at.value);
    if (!kernel.layouts().has("struct page", "virtual")) return;
    const auto place = kernel.layouts().field("struct page", "virtual").offset;
    for (std::uint64_t number = 0; number < kernel.memory().total_pages(); ++number)
        kernel.memory().store_word(at + number * kernel.layouts().size("struct page") + place,
                                   (kernel.arch().page_offset + number * kernel.arch().page_bytes).value);
}

constexpr DataExport data[] = {
    {"mem_map", one_word, make_mem_map},
    {"high_memory", one_word,
     [](Kernel& kernel, GuestAddr at) {
         kernel.memory().store_word(at,
                                    (kernel.arch().page_offset + kernel.memory().total_pages() * kernel.arch().page_bytes).value);
     }},
    {"num_physpages", one_word,
     [](Kernel& kernel, GuestAddr at) { kernel.memory().store_word(at, kernel.memory().total_pages()); }},
    {"max_mapnr", one_word, [](Kernel& kernel, GuestAddr at) { kernel.memory().store_word(at, kernel.memory().total_pages()); }},
    {"zone_table", [](Kernel& kernel) -> std::uint64_t { return 16 * kernel.arch().word_bytes; },
     [](Kernel& kernel, GuestAddr at) {
         // One zone, "Normal", whose pages begin at physical 0.
         GuestStruct zone(kernel, "struct zone_struct",
                          kernel.memory().allocate_image(kernel.layouts().size("struct zone_struct"), 32));
         zone.clear();
         zone.set("zone_mem_map", kernel.memory().load_pointer(kernel.symbols().variable("mem_map")));
         zone.set("name", kernel_string(kernel, "Normal"));
         zone.set("size", kernel.memory().total_pages());
         for (unsigned i = 0; i < 16; ++i)
             kernel.memory().store_word(at + i * kernel.arch().word_bytes, zone.at().value);
     },
     from(LayoutVersion::v2_4_18_14)},
    {"highmem_start_page", one_word,
     [](Kernel& kernel, GuestAddr at) {
         const auto end = kernel.memory().load_pointer(kernel.symbols().variable("mem_map"))
                          + kernel.memory().total_pages() * kernel.layouts().size("struct page");
         kernel.memory().store_word(at, end.value);
     },
     since_2_4},
};

} // namespace

extern const Family linux_mm{.header = "linux/mm.h", .functions = functions, .data = data};

} // namespace retromod
