// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/machine/recount.h"

#include "emu/machine/machine.h"
#include "emu/machine/machine_layout.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

constexpr std::uint8_t first_of_area = 0x80; // docs/machine-file.md, vmalloc pages
constexpr std::uint8_t page_bits = 0x87;

class Recount {
public:
    Recount(std::span<std::byte> mapping, std::size_t page_bytes, Findings& findings, std::set<std::uint64_t>& written)
        : mapping_(mapping), page_bytes_(page_bytes), findings_(findings), written_(written),
          header_(*reinterpret_cast<MachineHeader*>(mapping.data()))
    {
    }

    void tables()
    {
        auto* directory = reinterpret_cast<TableHeader*>(mapping_.data() + machine_directory_offset);
        for (auto& table : std::span(directory, header_.table_count)) count_rows(table);
    }

    void frames()
    {
        const auto& arch = *find_arch(header_.arch);
        const auto map = bytes_at(header_.frames_offset, header_.direct_bytes / arch.page_bytes);
        // Behind the kernel's text, pages may have been handed out and given back while the image grew around them.
        const auto text_end = std::max(header_.memory.text_end, image_start(arch).value);
        if (text_end <= arch.page_offset.value + header_.direct_bytes) {
            const auto text_pages = (text_end - arch.page_offset.value) / arch.page_bytes;
            for (std::uint64_t page = 0; page < text_pages; ++page)
                put_right(map[page], std::uint8_t{1}, map[page] != 0,
                          [&] { return fmt::format("page {} of the kernel's text is free", page); });
        }
        const auto used = static_cast<std::uint64_t>(std::ranges::count_if(map, [](auto page) { return page != 0; }));
        correct(header_.memory.frames_in_use, used, "pages of memory in use");
    }

    void vmalloc_pages()
    {
        const auto& arch = *find_arch(header_.arch);
        const auto map = bytes_at(header_.vmalloc_pages_offset, header_.vmalloc_bytes / arch.page_bytes);
        std::uint64_t used = 0;
        std::uint8_t before = 0;
        for (std::uint64_t page = 0; page < map.size(); before = map[page++]) {
            const auto known = static_cast<std::uint8_t>(map[page] & page_bits);
            put_right(map[page], known, map[page] == known,
                      [&] { return fmt::format("vmalloc page {} has unknown bits {:#x}", page, map[page]); });
            if (map[page]) ++used;
            if (!map[page] || before) continue;
            const auto first = static_cast<std::uint8_t>(map[page] | first_of_area);
            put_right(map[page], first, map[page] == first,
                      [&] { return fmt::format("the vmalloc area from page {} on has no beginning", page); });
        }
        correct(header_.memory.vmalloc_in_use, used, "vmalloc pages in use");
        if (header_.memory.vmalloc_next > map.size())
            correct(header_.memory.vmalloc_next, std::uint64_t{0}, "where the next vmalloc area is looked for");
    }

private:
    std::span<std::uint8_t> bytes_at(std::uint64_t offset, std::uint64_t count)
    {
        return {reinterpret_cast<std::uint8_t*>(mapping_.data() + offset), count};
    }

    /// Unless it `is_right`, gives `place` the right value.
    template <class T, class Text>
    void put_right(T& place, T right, bool is_right, Text text)
    {
        if (is_right) return;
        findings_.push_back({Finding::State::repairable, text()});
        place = right;
        written_.insert(static_cast<std::uint64_t>(reinterpret_cast<std::byte*>(&place) - mapping_.data()) / page_bytes_);
    }

    template <class T>
    void correct(T& place, T counted, std::string_view what)
    {
        put_right(place, counted, place == counted,
                  [&] { return fmt::format("{}: recorded {}, counted {}", what, place, counted); });
    }

    void count_rows(TableHeader& table)
    {
        std::uint32_t used = 0, high_water = 0;
        const auto* row = mapping_.data() + table.offset; // of 4 bytes at least, the first of which say whether it is used
        for (std::uint32_t number = 0; number < table.capacity; ++number, row += table.row_bytes) {
            if (!load<std::uint32_t>(row, host_byte_order)) continue;
            ++used;
            high_water = number + 1;
        }
        correct(table.count, used, fmt::format("table {}, rows in use", table.name));
        const bool covers = table.high_water >= high_water && table.high_water <= table.capacity;
        put_right(table.high_water, high_water, covers, [&] {
            return fmt::format("table {}, last row ever used: recorded {}, counted {}", table.name, table.high_water, high_water);
        });
    }

    std::span<std::byte> mapping_;
    std::size_t page_bytes_;
    Findings& findings_;
    std::set<std::uint64_t>& written_;
    MachineHeader& header_;
};

} // namespace

void recount(std::span<std::byte> mapping, std::size_t page_bytes, Findings& findings, std::set<std::uint64_t>& written)
{
    Recount machine(mapping, page_bytes, findings, written);
    machine.tables();
    machine.frames();
    machine.vmalloc_pages();
}

} // namespace retromod
