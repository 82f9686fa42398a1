// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/kernel_check.h"

#include "emu/kernel/kernel.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/module_check.h"
#include "emu/kernel/slabs.h"
#include "emu/kernel/thread.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace retromod {
namespace {

class KernelCheck {
public:
    KernelCheck(Machine& machine, Findings& findings) : machine_(machine), memory_(machine.memory()), findings_(findings) {}

    void run()
    {
        const auto& kernel = machine_.single<KernelRow>();
        if (!kernel.booted) return; // a machine that no kernel has taken up yet
        entries(kernel);
        for (const auto& row : machine_.table<VariableRow>()) {
            ends("variable", row.name);
            inside("a kernel variable", row.address, row.bytes);
        }
        for (const auto& row : machine_.table<DebugSymbolRow>()) ends("debug symbol", row.name);
        for (const auto& row : machine_.table<TimerRow>()) readable("a timer", row.address);
        for (const auto& row : machine_.table<ThreadRow>()) thread(row);
        for (const auto& row : machine_.table<SlabRow>()) slab(row);
        slab_index();
        check_modules(machine_, {kernel.module_list}, {kernel.kernel_module}, findings_);
    }

private:
    template <class... Values>
    void require(bool holds, fmt::format_string<Values...> text, Values&&... values)
    {
        if (!holds) findings_.push_back({Finding::State::beyond_repair, fmt::format(text, std::forward<Values>(values)...)});
    }
    template <std::size_t size>
    void ends(std::string_view what, const char (&text)[size])
    {
        require(std::ranges::find(text, '\0') != std::end(text), "the name of a {} has no end", what);
    }
    void inside(std::string_view what, std::uint64_t seen_at, std::uint64_t bytes)
    {
        const auto address = memory_.in_direct_terms({seen_at}).value;
        const auto end = machine_.arch().page_offset.value + machine_.header().direct_bytes;
        require(memory_.in_direct_map({address}) && bytes <= end - address, "{} lies at {:#x}, outside the memory", what, address);
    }
    void readable(std::string_view what, std::uint64_t address)
    {
        require(!memory_.bytes({address}, Access::read).empty(), "{} lies at {:#x}, where nothing is", what, address);
    }

    void entries(const KernelRow& kernel)
    {
        const auto table = machine_.table<EntryRow>();
        require(kernel.entry_count <= table.capacity(), "the kernel has {} entries, more than the table's {}", kernel.entry_count,
                table.capacity());
        require(kernel.entry_count == table.size(), "the kernel has {} entries, the table {}", kernel.entry_count, table.size());
        require(memory_.is_text({kernel.entries}), "kernel entries start at {:#x}, which is no kernel text", kernel.entries);
        require(memory_.is_text({kernel.return_entry}), "the return entry is {:#x}, which is no kernel text", kernel.return_entry);
        for (const auto& row : table) ends("kernel entry", row.name);
    }

    void thread(const ThreadRow& row)
    {
        const auto number = machine_.table<ThreadRow>().number_of(row);
        ends("guest thread", row.name);
        require(row.state <= ThreadState::dead, "guest thread {} has state {}", number, static_cast<std::uint32_t>(row.state));
        require(row.depth <= ThreadRow::frame_limit, "guest thread {} has {} frames", number, row.depth);
        if (row.task) inside(fmt::format("the task of guest thread {}", number), row.task, machine_.arch().thread_bytes);
    }

    void slab(const SlabRow& row)
    {
        const auto number = machine_.table<SlabRow>().number_of(row);
        const bool size =
            row.block_bytes >= smallest_block && row.block_bytes <= largest_block && std::has_single_bit(row.block_bytes);
        require(size, "kmalloc slab {} has blocks of {} bytes", number, row.block_bytes);
        inside(fmt::format("kmalloc slab {}", number), row.page,
               std::max<std::uint64_t>(row.block_bytes, machine_.arch().page_bytes));
        require(row.page % machine_.arch().page_bytes == 0, "kmalloc slab {} starts at {:#x}", number, row.page);
        if (!memory_.in_direct_map({row.page})) return;
        const auto page = (row.page - machine_.arch().page_offset.value) / machine_.arch().page_bytes;
        const auto& index = machine_.single<SlabIndexRow>();
        require(page < std::size(index.row_of_page) && index.row_of_page[page] == number + 1,
                "kmalloc slab {} is not the one that its page {:#x} names", number, row.page);
    }

    void slab_index()
    {
        const auto slabs = machine_.table<SlabRow>();
        const auto& index = machine_.single<SlabIndexRow>();
        const auto pages = static_cast<std::size_t>(std::ranges::count_if(index.row_of_page, [](auto row) { return row != 0; }));
        require(pages == slabs.size(), "{} pages belong to kmalloc, which has {} slabs", pages, slabs.size());
        for (const auto row : index.roomy)
            require(!row || slabs.find(row - 1), "kmalloc looks for room in slab {}, which is free", row - 1);
    }

    Machine& machine_;
    AddressSpace& memory_;
    Findings& findings_;
};

} // namespace

void check_kernel(Machine& machine, Findings& findings)
try {
    KernelCheck(machine, findings).run();
} catch (const MachineDamaged& damage) {
    findings.push_back({Finding::State::beyond_repair, damage.what()});
}

} // namespace retromod
