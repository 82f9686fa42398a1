// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/machine/machine_check.h"

#include "emu/machine/machine.h"
#include "emu/machine/machine_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace retromod {
namespace {

template <class... Values>
void require(bool holds, fmt::format_string<Values...> text, Values&&... values)
{
    if (!holds) throw MachineDamaged(fmt::format(text, std::forward<Values>(values)...));
}

template <std::size_t size>
std::string_view text_of(const char (&field)[size], std::string_view what)
{
    const auto* end = std::ranges::find(field, '\0');
    require(end != field + size, "{} has no end", what);
    return {field, end};
}

const Arch& check_kind(const MachineHeader& header)
{
    const auto arch_name = text_of(header.arch, "the architecture");
    const auto release_name = text_of(header.release, "the release");
    text_of(header.uts_release, "the release that uname says");
    const auto* arch = find_arch(arch_name);
    require(arch, "unknown architecture {}", arch_name);
    const auto* release = find_release(release_name);
    require(release, "unknown release {}", release_name);
    const auto* own = arch_in_release(*arch, *release);
    require(own, "{} did not run on {}", release_name, arch_name);
    require(header.applying == 0, "a commit was cut short, and its journal is gone; see retromod fsck");
    require(header.smp <= 1, "smp is {}", header.smp);
    require(header.highmem <= 1, "highmem is {}", header.highmem);
    require(header.compiler <= static_cast<std::uint32_t>(Compiler::gcc_3), "unknown compiler {}", header.compiler);
    return *own;
}

void check_layout(const MachineHeader& header, const MachineLayout& layout)
{
    const struct {
        std::string_view what;
        std::uint64_t found, expected;
    } rows[] = {
        {"size", header.total_bytes, layout.total_bytes},
        {"direct map offset", header.direct_offset, layout.direct_offset},
        {"vmalloc offset", header.vmalloc_offset, layout.vmalloc_offset},
        {"frames offset", header.frames_offset, layout.frames_offset},
        {"vmalloc pages offset", header.vmalloc_pages_offset, layout.vmalloc_pages_offset},
        {"end of tables", header.tables_end, layout.tables_end},
    };
    for (const auto& row : rows) require(row.found == row.expected, "{} is {:#x}, not {:#x}", row.what, row.found, row.expected);
}

void check_memory(const Arch& arch, const MachineHeader& header)
{
    const auto& memory = header.memory;
    const auto first = image_start(arch).value;
    const auto end = arch.page_offset.value + header.direct_bytes;
    const auto vmalloc_pages = header.vmalloc_bytes / arch.page_bytes;
    require(memory.image_end >= first && memory.image_end <= end, "kernel image ends at {:#x}", memory.image_end);
    const bool no_text = memory.text_start == 0 && memory.text_end == 0;
    const bool text_in_image =
        memory.text_start >= first && memory.text_start <= memory.text_end && memory.text_end <= memory.image_end;
    require(no_text || text_in_image, "kernel text from {:#x} to {:#x}", memory.text_start, memory.text_end);
    require(memory.text_start % arch.page_bytes == 0 && memory.text_end % arch.page_bytes == 0,
            "kernel text from {:#x} to {:#x} is not whole pages", memory.text_start, memory.text_end);
    require(memory.page_limit == header.direct_bytes / arch.page_bytes, "{} pages of memory", memory.page_limit);
    require(memory.frames_in_use <= memory.page_limit, "{} pages in use of {}", memory.frames_in_use, memory.page_limit);
    require(memory.vmalloc_in_use <= vmalloc_pages, "{} vmalloc pages in use of {}", memory.vmalloc_in_use, vmalloc_pages);
    require(memory.vmalloc_next <= vmalloc_pages, "next vmalloc page is {} of {}", memory.vmalloc_next, vmalloc_pages);
    require(memory.reuse_addresses <= 1, "reuse of addresses is {}", memory.reuse_addresses);
    require(memory.has_fill <= 1, "fill of memory is {}", memory.has_fill);
}

/// The tables' rows follow each other without a gap, in the directory's order.
void check_tables(const MachineHeader& header, std::span<const TableHeader> directory, std::uint64_t tables_offset)
{
    require(header.table_count <= machine_table_limit, "{} tables", header.table_count);
    auto next = tables_offset;
    for (std::uint32_t number = 0; number < header.table_count; ++number) {
        const auto& table = directory[number];
        const auto name = text_of(table.name, "a table's name");
        require(!name.empty(), "table {} has no name", number);
        require(std::ranges::none_of(directory.first(number), [&](const auto& other) { return other.name == name; }),
                "two tables {}", name);
        require(table.offset == next, "table {} is at {:#x}, not {:#x}", name, table.offset, next);
        require(table.row_bytes >= sizeof(std::uint32_t) && table.capacity > 0, "table {} has {} rows of {} bytes", name,
                table.capacity, table.row_bytes);
        const auto bytes = std::uint64_t{table.row_bytes} * table.capacity;
        require(bytes <= header.tables_end - next, "table {} of {} bytes is too long", name, bytes);
        next += round_up(bytes, machine_row_alignment);
    }
    require(header.tables_next == next, "next table at {:#x}, not {:#x}", header.tables_next, next);
}

void check_table_counts(std::span<const TableHeader> directory)
{
    for (const auto& table : directory)
        require(table.count <= table.high_water && table.high_water <= table.capacity,
                "table {} uses {} of {} rows, of {}", table.name, table.count, table.high_water, table.capacity);
}

const MachineHeader& header_of(std::span<const std::byte> mapping)
{
    return *reinterpret_cast<const MachineHeader*>(mapping.data());
}

std::span<const TableHeader> directory_of(std::span<const std::byte> mapping)
{
    return {reinterpret_cast<const TableHeader*>(mapping.data() + machine_directory_offset), machine_table_limit};
}

} // namespace

void check_machine_format(const MachineHeader& header, std::uint64_t mapping_bytes)
{
    require(std::string_view(header.magic, sizeof header.magic) == machine_magic, "not a machine");
    require(header.endian_mark != swap_bytes(machine_endian_mark), "made on a host of the other byte order");
    require(header.endian_mark == machine_endian_mark, "byte order mark {:#x}", header.endian_mark);
    require(header.format <= machine_format, "format {} is newer than this program's ({})", header.format, machine_format);
    require(header.format == machine_format, "format {} is not known", header.format);
    require(header.total_bytes == mapping_bytes, "{} bytes long, but its header says {}", mapping_bytes, header.total_bytes);
}

void check_machine_shape(std::span<const std::byte> mapping)
{
    require(mapping.size() >= machine_part_alignment, "{} bytes are too short for a machine", mapping.size());
    const auto& header = header_of(mapping);
    check_machine_format(header, mapping.size());
    const auto& arch = check_kind(header);
    const GuestWindows windows{header.direct_bytes, {header.vmalloc_start}, header.vmalloc_bytes};
    if (const auto problem = guest_windows_problem(arch, windows)) throw MachineDamaged(*problem);
    const auto layout = machine_layout(arch, header.direct_bytes, header.vmalloc_bytes);
    check_layout(header, layout);
    check_tables(header, directory_of(mapping), layout.tables_offset);
}

void check_machine(std::span<const std::byte> mapping)
{
    check_machine_shape(mapping);
    const auto& header = header_of(mapping);
    check_memory(check_kind(header), header);
    check_table_counts(directory_of(mapping).first(header.table_count));
}

} // namespace retromod
