// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

namespace retromod {

/// The kernel's own numbers; fixed format, one row.
struct KernelRow {
    static constexpr std::string_view table_name = "kernel";
    static constexpr std::uint32_t table_capacity = 1;

    std::uint32_t used;
    std::uint32_t booted;
    std::uint64_t module_list;    ///< the guest variable that points to the newest module
    std::uint64_t kernel_module;  ///< the kernel's own struct module
    std::uint64_t entries;        ///< first kernel entry
    std::uint64_t entry_count;
    std::uint64_t return_entry;   ///< where guest functions return that the kernel called
    std::uint64_t jiffies;        ///< ticks since boot
    std::uint64_t tick_blocks;    ///< blocks passed in the current tick
    std::uint64_t jiffies_at;     ///< the guest's `jiffies`; 0 if it has none
    std::uint64_t xtime_at;
    std::uint64_t init_task;
    std::uint32_t next_pid;
    std::uint32_t tainted;        ///< /proc/sys/kernel/tainted
    std::uint32_t oopses;
    std::uint32_t stub_unknown;   ///< boot --stub: unknown imports may be bound to traps
    std::uint32_t fail_allocation[3]; ///< by AllocationKind: the n-th from now on fails; 0 none
    std::uint32_t timers_added;   ///< the order of the last timer
    std::uint64_t boot_time;      ///< seconds since 1970 on the guest's clock at boot
    std::uint32_t next_process;   ///< the last process number given out
    std::uint32_t
        processor_data; ///< the processor's own data: their distance from the kernel image's start, bytes; 0 if there are none
};

/// A kernel entry: an address in kernel text that stands for an exported function.
struct EntryRow {
    static constexpr std::string_view table_name = "entries";
    static constexpr std::uint32_t table_capacity = 16384;
    std::uint32_t used;
    std::uint32_t is_trap; ///< no export of that name: calling it stops the guest
    char name[120];
};

/// Kernel variables by name.
struct VariableRow {
    static constexpr std::string_view table_name = "variables";
    static constexpr std::uint32_t table_capacity = 4096;
    std::uint32_t used;
    std::uint32_t reserved;
    std::uint64_t address;
    std::uint64_t bytes;
    char name[64];
};

/// A symbol of a module that its loader told us, so that addresses can be shown by name.
struct DebugSymbolRow {
    static constexpr std::string_view table_name = "debug_symbols";
    static constexpr std::uint32_t table_capacity = 1 << 19;
    std::uint32_t used;
    std::uint32_t type; ///< a letter of /proc/kallsyms; 0: not said
    std::uint64_t address;
    std::uint64_t module;
    char name[56];
};

/// A pending timer: a struct timer_list in guest memory.
struct TimerRow {
    static constexpr std::string_view table_name = "timers";
    static constexpr std::uint32_t table_capacity = 16384;
    std::uint32_t used;
    std::uint32_t order;   ///< of addition, for equal times
    std::uint64_t address; ///< of the struct timer_list
    std::uint64_t expires; ///< jiffies
};

/// Why the machine is dead; fixed format, one row, there only then.
struct PanicRow {
    static constexpr std::string_view table_name = "panic";
    static constexpr std::uint32_t table_capacity = 1;
    std::uint32_t used;
    std::uint32_t reserved;
    char text[504]; ///< "Kernel panic: Aiee, killing interrupt handler!"
};

/// Where this machine's user space has its modules; fixed format, one row.
struct ModulesFolderRow {
    static constexpr std::string_view table_name = "modules_folder";
    static constexpr std::uint32_t table_capacity = 1;
    std::uint32_t used;
    std::uint32_t no_requests; ///< the kernel was built without CONFIG_KMOD: it asks for no module
    char path[4088]; ///< on the host, absolute; empty: nowhere
};

} // namespace retromod
