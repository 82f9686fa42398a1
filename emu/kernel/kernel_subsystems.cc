// SPDX-License-Identifier: GPL-2.0-or-later
// What the subsystems of this folder keep: tables, /proc files, and how their rows hang together.
#include "emu/kernel/bottom_half.h"
#include "emu/kernel/clock.h"
#include "emu/kernel/described_devices.h"
#include "emu/kernel/devices.h"
#include "emu/kernel/disk_images.h"
#include "emu/kernel/file.h"
#include "emu/kernel/format.h"
#include "emu/kernel/guest_core.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/kernel_check.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/irq_stat.h"
#include "emu/kernel/left_behind.h"
#include "emu/kernel/log.h"
#include "emu/kernel/machine_ports.h"
#include "emu/kernel/slabs.h"
#include "emu/kernel/softirqs.h"
#include "emu/kernel/subsystem.h"
#include "emu/kernel/system_call_table.h"
#include "emu/kernel/system_calls.h"
#include "emu/kernel/touched.h"
#include "emu/kernel/uts_version.h"

#include <algorithm>
#include <bit>

namespace retromod {
namespace {

// --- symbols ----------------------------------------------------------------------------------------------------------

void tell(RowVisitor& visitor, const EntryRow& row) { visitor.ends("the name of a kernel entry", row.name); }
void tell(RowVisitor& visitor, const VariableRow& row) { visitor.ends("the name of a variable", row.name); }
void tell(RowVisitor& visitor, const DebugSymbolRow& row) { visitor.ends("the name of a debug symbol", row.name); }

constexpr TableKind symbol_tables[] = {table<EntryRow, tell>(), table<VariableRow, tell>(), table<DebugSymbolRow, tell>()};

void check_symbols(KernelCheck& check)
{
    const auto& kernel = check.machine.single<KernelRow>();
    const auto entries = check.machine.table<EntryRow>();
    check.require(kernel.entry_count <= entries.capacity(), "the kernel has {} entries, more than the table's {}",
                  kernel.entry_count, entries.capacity());
    check.require(kernel.entry_count == entries.size(), "the kernel has {} entries, the table {}", kernel.entry_count,
                  entries.size());
    check.require(check.memory.is_text({kernel.entries}), "kernel entries start at {:#x}, which is no kernel text", kernel.entries);
    check.require(check.memory.is_text({kernel.return_entry}), "the return entry is {:#x}, which is no kernel text",
                  kernel.return_entry);
    for (const auto& row : check.machine.table<VariableRow>()) check.inside("a kernel variable", row.address, row.bytes);
}

void search_system_calls(LeftBehindSearch& search)
{
    for (const auto& [name, by] : replaced_system_calls(search.kernel))
        search.check("sys_call_table", fmt::format("the system call {}", name), by.value);
}

constexpr Subsystem symbols{.tables = symbol_tables, .search = search_system_calls, .check = check_symbols};

// --- the kernel itself ------------------------------------------------------------------------------------------------

void tell(RowVisitor& visitor, const GoneModuleRow& row) { visitor.ends("the name of a module that has gone", row.name); }
void tell(RowVisitor& visitor, const PanicRow& row) { visitor.ends("the reason of a panic", row.text); }
void tell(RowVisitor& visitor, const ModulesFolderRow& row) { visitor.ends("the path of the folder of modules", row.path); }

constexpr TableKind kernel_tables[] = {table<KernelRow>(), table<ModulesFolderRow, tell>(), table<LogRow>(), table<VsnprintfRow>(),
                                       table<GoneModuleRow, tell>(), table<PanicRow, tell>()};

std::string uptime_text(Kernel& kernel)
{
    const auto ticks = kernel.clock().jiffies();
    return fmt::format("{0}.{1:02} {0}.{1:02}\n", ticks / hz, ticks % hz);
}

std::string version_text(Kernel& kernel)
{
    return fmt::format("Linux version {} (retromod) {}\n", kernel.machine().uts_release(), uts_version(kernel.machine()));
}

std::string meminfo_text(Kernel& kernel)
{
    const auto kilobytes = kernel.arch().page_bytes / 1024;
    const auto total = kernel.memory().total_pages() * kilobytes, free = kernel.memory().free_pages() * kilobytes;
    return fmt::format("MemTotal: {:8} kB\nMemFree:  {:8} kB\n", total, free);
}

std::string tainted_text(Kernel& kernel) { return fmt::format("{}\n", kernel.state().tainted); }

constexpr ProcFile kernel_files[] = {
    {"/proc/ksyms", proc_ksyms_text},
    proc_file<meminfo_text>("/proc/meminfo"),
    proc_file<proc_modules_text>("/proc/modules"),
    proc_file<tainted_text>("/proc/sys/kernel/tainted", LayoutVersion::v2_4_18_14), // since 2.4.10
    proc_file<uptime_text>("/proc/uptime"),
    proc_file<version_text>("/proc/version"),
};

constexpr Subsystem kernel{.proc_files = kernel_files, .tables = kernel_tables};

// --- threads, timers and bottom halves ---------------------------------------------------------------------------------

void tell(RowVisitor& visitor, const ThreadRow& row) { visitor.ends("the name of a guest thread", row.name); }
void tell(RowVisitor& visitor, const TimerRow& row) { visitor.pointer("a pending timer", row.address); }
void tell(RowVisitor& visitor, const BottomHalfRow& row) { visitor.pointer("the routine of a bottom half", row.routine); }

constexpr TableKind work_tables[] = {table<ThreadRow, tell>(), table<TimerRow, tell>(), table<SoftirqRow>(),
                                     table<BottomHalfRow, tell>("bottom halves")};

void search_timers(LeftBehindSearch& search)
{
    for (const auto& row : search.kernel.machine().table<TimerRow>())
        if (!search.holds(row.address))
            search.check("timers", "the function of a pending timer",
                         GuestStruct(search.kernel, "struct timer_list", {row.address}).get("function"));
    for_each_tasklet(search.kernel, [&](GuestAddr tasklet) {
        search.check("softirqs", "a tasklet that waits", tasklet.value);
        if (search.holds(tasklet.value)) return;
        search.check("softirqs", "the function of a tasklet that waits",
                     GuestStruct(search.kernel, "struct tasklet_struct", tasklet).get("func"));
    });
}

void check_work(KernelCheck& check)
{
    const auto threads = check.machine.table<ThreadRow>();
    for (const auto& row : threads) {
        const auto number = threads.number_of(row);
        check.require(row.state <= ThreadState::dead, "guest thread {} has state {}", number,
                      static_cast<std::uint32_t>(row.state));
        check.require(row.depth <= ThreadRow::frame_limit, "guest thread {} has {} frames", number, row.depth);
        if (row.task) check.inside(fmt::format("the task of guest thread {}", number), row.task, check.machine.arch().thread_bytes);
    }
    for (const auto& row : check.machine.table<TimerRow>()) check.readable("a timer", row.address);
}

constexpr Subsystem work{.tables = work_tables, .search = search_timers, .check = check_work};

// --- the heap ---------------------------------------------------------------------------------------------------------

constexpr TableKind heap_tables[] = {table<SlabRow>(), table<SlabIndexRow>()};

void check_slab(KernelCheck& check, const SlabRow& row)
{
    const auto page_bytes = check.machine.arch().page_bytes;
    const auto number = check.machine.table<SlabRow>().number_of(row);
    const bool size = row.block_bytes >= smallest_block && row.block_bytes <= largest_block && std::has_single_bit(row.block_bytes);
    check.require(size, "kmalloc slab {} has blocks of {} bytes", number, row.block_bytes);
    check.inside(fmt::format("kmalloc slab {}", number), row.page, std::max<std::uint64_t>(row.block_bytes, page_bytes));
    check.require(row.page % page_bytes == 0, "kmalloc slab {} starts at {:#x}", number, row.page);
    if (!check.memory.in_direct_map({row.page})) return;
    const auto page = (row.page - check.machine.arch().page_offset.value) / page_bytes;
    const auto& index = check.machine.single<SlabIndexRow>();
    check.require(page < std::size(index.row_of_page) && index.row_of_page[page] == number + 1,
                  "kmalloc slab {} is not the one that its page {:#x} names", number, row.page);
}

void check_heap(KernelCheck& check)
{
    const auto slabs = check.machine.table<SlabRow>();
    for (const auto& row : slabs) check_slab(check, row);
    const auto& index = check.machine.single<SlabIndexRow>();
    const auto pages = static_cast<std::size_t>(std::ranges::count_if(index.row_of_page, [](auto row) { return row != 0; }));
    check.require(pages == slabs.size(), "{} pages belong to kmalloc, which has {} slabs", pages, slabs.size());
    for (const auto row : index.roomy)
        check.require(!row || slabs.find(row - 1), "kmalloc looks for room in slab {}, which is free", row - 1);
}

constexpr Subsystem heap{.tables = heap_tables, .check = check_heap};

// --- devices and open files --------------------------------------------------------------------------------------------

void tell(RowVisitor& visitor, const MajorRow& row)
{
    const auto what = fmt::format("{} major {}", row.kind == DeviceKind::block ? "block" : "character", row.major);
    visitor.require(row.kind <= DeviceKind::block, "a major number of a kind that there is not");
    visitor.pointer("the name of " + what, row.name);
    visitor.pointer("the operations of " + what, row.operations);
}
void tell(RowVisitor& visitor, const MiscRow& row) { visitor.pointer("a struct miscdevice", row.device); }
void tell(RowVisitor& visitor, const OpenFileRow& row)
{
    visitor.ends("the path of an open file", row.path);
    visitor.block("a struct file", row.file);
}

constexpr TableKind device_tables[] = {table<MajorRow, tell>("/proc/devices"), table<MiscRow, tell>("/proc/misc"),
                                       table<OpenFileRow, tell>("open files")};
constexpr ProcFile device_files[] = {proc_file<devices_text>("/proc/devices"), proc_file<misc_text>("/proc/misc")};

constexpr Subsystem devices{.proc_files = device_files, .tables = device_tables};

// --- the board --------------------------------------------------------------------------------------------------------

void tell(RowVisitor& visitor, const PciFunctionRow& row) { visitor.block("a struct pci_dev", row.device); }
void tell(RowVisitor& visitor, const DescribedRange& row)
{
    visitor.require(row.first <= row.last, "a described range ends before it begins");
    visitor.require(row.contents >= 1 && row.contents <= DescribedRange::most_contents, "a described range has no contents");
}

constexpr TableKind board_tables[] = {table<BoardRow>(), table<PciFunctionRow, tell>(), table<DescribedFunction>(),
                                      table<DescribedRange, tell>(), table<IoMappingRow>()};

constexpr Subsystem board{.tables = board_tables};

// --- the core in the guest, and its disks ------------------------------------------------------------------------------

void tell(RowVisitor& visitor, const CoreRow& row)
{
    for (const auto address : {row.base, row.initialize, row.init_fs}) visitor.block("the core of the kernel", address);
}
void tell(RowVisitor& visitor, const DiskImageRow& row)
{
    visitor.ends("the name of a disk", row.name);
    visitor.ends("the path of a disk's image", row.path);
    visitor.require(row.bytes % sector_bytes == 0, "a disk ends within a sector");
}

constexpr TableKind core_tables[] = {table<CoreRow, tell>("the core of the kernel"), table<DiskImageRow, tell>("disks"),
                                     table<DiskDataRow>("disks"), table<DiskMapRow>("disks")};

void check_disks(KernelCheck& check)
{
    if (!check.machine.has_table(DiskMapRow::table_name)) return;
    const auto disks = check.machine.table<DiskImageRow>();
    const auto data = check.machine.table<DiskDataRow>();
    for (const auto& row : check.machine.table<DiskMapRow>()) {
        check.require(disks.find(row.disk), "blocks are written to disk {}, which is not there", row.disk);
        for (const auto number : row.data)
            check.require(!number || data.find(number - 1), "disk {} has a written block {}, which is not there", row.disk,
                          number - 1);
    }
}

constexpr Subsystem core{.tables = core_tables, .check = check_disks};

constexpr const Subsystem* all[] = {&kernel, &symbols, &work, &heap, &devices, &board, &core};

} // namespace

std::span<const Subsystem* const> kernel_subsystems() { return all; }

} // namespace retromod
