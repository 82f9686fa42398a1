// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/machine/machine.h"

#include "emu/machine/machine_check.h"
#include "emu/machine/machine_layout.h"
#include "emu/machine/machine_window.h"
#include "emu/memory/guest_window.h"

#include <fmt/format.h>

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace retromod {
namespace {

// The format, as docs/machine-file.md has it: a change of these is a new machine_format.
static_assert(sizeof(MachineHeader) == 288 && sizeof(TableHeader) == 56 && sizeof(MemoryState) == 64);
static_assert(sizeof(MachineHeader) <= machine_directory_offset);
static_assert(machine_directory_offset + machine_table_limit * sizeof(TableHeader) <= machine_part_alignment);

/// The architecture with the numbers of the options' release.
const Arch& own_arch(const MachineOptions& options)
{
    if (!options.arch || !options.release) throw std::invalid_argument("a machine needs an architecture and a release");
    if (const auto* own = arch_in_release(*options.arch, *options.release)) return *own;
    throw std::invalid_argument(fmt::format("{} did not run on {}", options.release->name, options.arch->name));
}

GuestWindows checked_windows(const MachineOptions& options)
{
    const auto& arch = own_arch(options);
    const auto windows = guest_windows(arch, options.memory_bytes, options.vmalloc_start);
    if (const auto problem = guest_windows_problem(arch, windows))
        throw std::invalid_argument("cannot make this machine: " + *problem);
    return windows;
}

template <std::size_t size>
void copy_text(char (&into)[size], std::string_view text)
{
    if (text.size() >= size) throw std::invalid_argument(fmt::format("\"{}\" is longer than {} bytes", text, size - 1));
    std::ranges::copy(text, into);
}

/// Memory that takes nothing from the host until it is written.
std::span<std::byte> map_anonymous(std::uint64_t bytes)
{
    void* address = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (address == MAP_FAILED) throw std::system_error(errno, std::generic_category(), fmt::format("a machine of {} bytes", bytes));
    ::madvise(address, bytes, MADV_NOHUGEPAGE); // only advice: huge pages would cost 2 MB per touched structure
    return {static_cast<std::byte*>(address), bytes};
}

} // namespace

std::uint64_t Machine::mapping_bytes(const MachineOptions& options)
{
    const auto windows = checked_windows(options);
    return machine_layout(own_arch(options), windows.direct_bytes, windows.vmalloc_bytes).total_bytes;
}

void Machine::format(std::span<std::byte> mapping, const MachineOptions& options)
{
    const auto& arch = own_arch(options);
    const auto windows = checked_windows(options);
    const auto layout = machine_layout(arch, windows.direct_bytes, windows.vmalloc_bytes);
    if (mapping.size() != layout.total_bytes) throw std::invalid_argument("the mapping is not mapping_bytes long");

    MachineHeader header{};
    std::ranges::copy(machine_magic, header.magic);
    header.format = machine_format;
    header.endian_mark = machine_endian_mark;
    header.total_bytes = layout.total_bytes;
    copy_text(header.arch, arch.name);
    copy_text(header.release, options.release->name);
    copy_text(header.uts_release, options.uts_release.empty() ? options.release->name : options.uts_release);
    header.smp = options.smp;
    header.highmem = options.highmem;
    header.compiler = static_cast<std::uint32_t>(options.compiler);
    header.vmalloc_start = windows.vmalloc_start.value;
    header.direct_offset = layout.direct_offset;
    header.direct_bytes = windows.direct_bytes;
    header.vmalloc_offset = layout.vmalloc_offset;
    header.vmalloc_bytes = windows.vmalloc_bytes;
    header.frames_offset = layout.frames_offset;
    header.vmalloc_pages_offset = layout.vmalloc_pages_offset;
    header.tables_next = layout.tables_offset;
    header.tables_end = layout.tables_end;

    const auto image = image_start(arch);
    const auto reserved_frames = (image - arch.page_offset) / arch.page_bytes;
    header.memory.image_end = image.value;
    header.memory.page_limit = windows.direct_bytes / arch.page_bytes;
    header.memory.frames_in_use = reserved_frames;
    header.memory.reuse_addresses = options.reuse_addresses;
    header.memory.has_fill = options.fill.has_value();
    header.memory.fill = options.fill.value_or(0);
    std::memcpy(mapping.data(), &header, sizeof header);
    std::ranges::fill(mapping.subspan(layout.frames_offset, reserved_frames), std::byte{1});
}

Machine::Machine(const MachineOptions& options) : mapping_(map_anonymous(mapping_bytes(options))), owns_mapping_(true)
{
    try {
        format(mapping_, options);
        move_into_window(mapping_);
        attach();
    } catch (...) {
        GuestWindow::release(mapping_.data());
        ::munmap(mapping_.data(), mapping_.size());
        throw;
    }
}

Machine::Machine(std::span<std::byte> mapping) : mapping_(mapping) { attach(); }

Machine::~Machine()
{
    if (!owns_mapping_) return;
    GuestWindow::release(mapping_.data());
    ::munmap(mapping_.data(), mapping_.size());
}

void Machine::attach()
{
    check_machine(mapping_);
    auto& head = header();
    release_ = find_release(head.release);
    arch_ = arch_in_release(*find_arch(head.arch), *release_);
    layouts_ = std::make_unique<LayoutSet>(*arch_, layouts_of(*release_, head.uts_release), smp(),
                                           static_cast<Compiler>(head.compiler), head.highmem != 0);

    const auto bytes_at = [&](std::uint64_t offset, std::uint64_t count) {
        return std::span(reinterpret_cast<std::uint8_t*>(mapping_.data() + offset), count);
    };
    MemoryImage image;
    image.direct = mapping_.subspan(head.direct_offset, head.direct_bytes);
    image.vmalloc = mapping_.subspan(head.vmalloc_offset, head.vmalloc_bytes);
    if (const auto* const window = GuestWindow::of(mapping_.data())) {
        image.direct = window->at(arch_->page_offset, head.direct_bytes);
        image.vmalloc = window->at({head.vmalloc_start}, head.vmalloc_bytes);
    }
    image.vmalloc_start = {head.vmalloc_start};
    image.frames = bytes_at(head.frames_offset, head.direct_bytes / arch_->page_bytes);
    image.vmalloc_pages = bytes_at(head.vmalloc_pages_offset, head.vmalloc_bytes / arch_->page_bytes);
    image.state = &head.memory;
    memory_ = std::make_unique<AddressSpace>(*arch_, image);
}

TableHeader& Machine::table_header(std::string_view name, std::size_t row_bytes, std::uint32_t capacity)
{
    auto& head = header();
    const std::span directory(reinterpret_cast<TableHeader*>(mapping_.data() + machine_directory_offset), machine_table_limit);
    for (auto& table : directory.first(head.table_count)) {
        if (table.name != name) continue;
        if (table.row_bytes != row_bytes || table.capacity != capacity)
            throw MachineDamaged(fmt::format("table {} has {} rows of {} bytes, not {} of {}", name, table.capacity,
                                             table.row_bytes, capacity, row_bytes));
        return table;
    }
    const auto bytes = round_up(std::uint64_t{capacity} * row_bytes, machine_row_alignment);
    if (head.table_count == machine_table_limit || bytes > head.tables_end - head.tables_next)
        throw MachineDamaged(fmt::format("no room for table {} ({} bytes)", name, bytes));
    auto& table = directory[head.table_count];
    table = {};
    copy_text(table.name, name);
    table.row_bytes = static_cast<std::uint32_t>(row_bytes);
    table.capacity = capacity;
    table.offset = head.tables_next;
    head.tables_next += bytes;
    ++head.table_count;
    return table;
}

bool Machine::has_table(std::string_view name) const
{
    const std::span directory(reinterpret_cast<const TableHeader*>(mapping_.data() + machine_directory_offset),
                              machine_table_limit);
    return std::ranges::any_of(directory.first(header().table_count), [&](const auto& table) { return table.name == name; });
}

} // namespace retromod
