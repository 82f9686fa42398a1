// SPDX-License-Identifier: GPL-2.0-or-later
// asm-ppc/machdep.h and its neighbours: a PReP board, which has an ISA and a PCI bus, and no Open Firmware. Source:
// arch/ppc/kernel/{ppc_ksyms.c,misc.S,time.c,prom.c,setup.c}, include/asm-ppc/{io,processor,hw_irq}.h of 2.4.37.11.
#include "emu/cpu/ppc_registers.h"
#include "emu/exports/arch/arch_rows.h"
#include "emu/exports/answers.h"
#include "emu/kernel/processor.h"
#include "emu/kernel/trouble.h"
#include "emu/memory/port_window.h"

#include <ctime>

namespace retromod {
namespace {

// --- the interrupt enable bit of the MSR ----------------------------------------------------------------------------------

std::uint64_t msr(Kernel& kernel) { return kernel.processor().engine().reg(ppc_msr); }
void set_interrupts(Kernel& kernel, bool enabled)
{
    const auto value = msr(kernel);
    const auto bit = std::uint64_t{ppc_interrupt_enable};
    kernel.processor().engine().set_reg(ppc_msr, enabled ? value | bit : value & ~bit);
}
void enable_interrupts(Kernel& kernel) { set_interrupts(kernel, true); }
void disable_interrupts(Kernel& kernel) { set_interrupts(kernel, false); }
void save_flags(Kernel& kernel, GuestAddr into) { kernel.memory().store_word(into, msr(kernel)); }
void restore_flags(Kernel& kernel, ULong flags) { set_interrupts(kernel, flags.value & ppc_interrupt_enable); }

// --- addresses ------------------------------------------------------------------------------------------------------------

/// iopa: the physical address; virtual addresses outside the direct map have none here.
ULong physical_address(Kernel& kernel, ULong at)
{
    const auto start = kernel.arch().page_offset.value;
    return {at.value < start ? 0 : at.value - start};
}
GuestAddr virtual_address(Kernel& kernel, ULong physical) { return kernel.arch().page_offset + physical.value; }

// --- small ones -----------------------------------------------------------------------------------------------------------

std::int32_t absolute(Kernel&, std::int32_t value)
{
    const auto bits = static_cast<std::uint32_t>(value);
    return static_cast<std::int32_t>(value < 0 ? 0 - bits : bits);
}

/// struct rtc_time, nine ints: of a count of seconds. Source: to_tm of arch/ppc/kernel/time.c: the month is 1 to 12.
void to_tm(Kernel& kernel, std::int32_t seconds, GuestAddr into)
{
    const std::time_t count = static_cast<std::uint32_t>(seconds);
    std::tm split{};
    gmtime_r(&count, &split);
    const int members[] = {split.tm_sec,     split.tm_min,         split.tm_hour, split.tm_mday,
                           split.tm_mon + 1, split.tm_year + 1900, split.tm_wday};
    for (std::size_t i = 0; i < std::size(members); ++i) kernel.memory().store<std::int32_t>(into + 4 * i, members[i]);
}

/// What BUG() calls, behind its line, where the monitor is built in.
void enter_monitor(Kernel&, GuestAddr) { throw KernelBug{"xmon was called"}; }

constexpr std::string_view ppc = "ppc";
constexpr auto none = no_object<GuestString>;

constexpr Export rows[] = {
    full<enable_interrupts>("__sti", {}, ppc),
    full<disable_interrupts>("__cli", {}, ppc),
    full<save_flags>("__save_flags_ptr", {}, ppc),
    full<restore_flags>("__restore_flags", {}, ppc),
    full<physical_address>("iopa", {}, ppc),
    full<virtual_address>("mm_ptov", {}, "ppc m68k"),
    full<physical_address>("mm_vtop", {}, "m68k"),
    full<enter_monitor>("xmon", {}, ppc),
    full<absolute>("abs", {}, ppc),
    full<to_tm>("to_tm", {}, ppc),
    // Caches: there are none between a module's code and its memory.
    full<do_nothing<>>("flush_instruction_cache", {}, ppc),
    full<do_nothing<ULong, ULong>>("flush_icache_range", {}, ppc),
    full<do_nothing<ULong, ULong>>("flush_dcache_range", {}, ppc),
    full<do_nothing<GuestAddr, GuestAddr, ULong, std::int32_t>>("flush_icache_user_range", {}, ppc),
    full<do_nothing<GuestAddr, GuestAddr>>("flush_icache_page", {}, ppc),
    full<do_nothing<GuestAddr>>("flush_dcache_page", {}, "mips mipsel ppc"),
    inert<do_nothing<>>("enable_kernel_fp", {}, ppc),
    inert<do_nothing<GuestAddr>>("giveup_fpu", {}, ppc),
    inert<do_nothing<GuestAddr>>("giveup_altivec", {}, ppc),
    // Open Firmware's tree is empty.
    full<none>("find_devices", {}, ppc),
    full<none>("find_type_devices", {}, ppc),
    full<no_object<GuestString, GuestString>>("find_compatible_devices", {}, ppc),
    full<none>("find_path_device", {}, ppc),
    full<no_object<std::uint32_t>>("find_phandle", {}, ppc),
    full<no_object<>>("find_all_nodes", {}, ppc),
    full<answer<0, GuestAddr, GuestString>>("device_is_compatible", {}, ppc),
    full<answer<0, GuestString>>("machine_is_compatible", {}, ppc),
    full<no_object<GuestAddr, GuestString, GuestAddr>>("get_property", {}, ppc),
    full<no_object<GuestAddr, std::int32_t, GuestString>>("request_OF_resource", {}, ppc),
    full<refuse<Errno::einval, GuestAddr, std::int32_t>>("release_OF_resource", {}, ppc),
    full<no_object<GuestAddr>>("pci_device_to_OF_node", {}, ppc),
    full<refuse<Errno::enodev, GuestAddr, GuestAddr, GuestAddr>>("pci_device_from_OF_node", {}, ppc),
    inert<no_object<std::int32_t>>("pci_bus_to_hose", {}, ppc),
    // No Apple Desktop Bus, no power manager, no NVRAM.
    inert<refuse<Errno::enxio, GuestAddr>>("adb_request", {}, ppc),
    inert<answer<0, std::int32_t, std::int32_t, GuestAddr, GuestAddr>>("adb_register", {}, ppc),
    inert<answer<0, std::int32_t>>("adb_unregister", {}, ppc),
    inert<do_nothing<>>("adb_poll", {}, ppc),
    inert<answer<0, std::int32_t, std::int32_t>>("adb_try_handler_change", {}, ppc),
    inert<refuse<Errno::enxio, GuestAddr>>("cuda_request", {}, ppc),
    inert<do_nothing<>>("cuda_poll", {}, ppc),
    inert<refuse<Errno::enodev>>("get_backlight_level", {}, ppc),
    inert<refuse<Errno::enodev, std::int32_t>>("set_backlight_level", {}, ppc),
    inert<refuse<Errno::enodev, std::int32_t>>("set_backlight_enable", {}, ppc),
    inert<do_nothing<GuestAddr, GuestAddr, GuestString>>("register_backlight_controller", {}, ppc),
    inert<answer<0xff, std::int32_t>>("nvram_read_byte", {}, ppc),
    inert<do_nothing<std::uint32_t, std::int32_t>>("nvram_write_byte", {}, ppc),
    inert<answer<0xff, std::int32_t>>("pmac_xpram_read", {}, ppc),
    inert<do_nothing<std::int32_t, std::uint32_t>>("pmac_xpram_write", {}, ppc),
    inert<do_nothing<GuestAddr, GuestString>>("note_scsi_host", {}, ppc),
    inert<do_nothing<>>("btext_update_display", {}, ppc),
    inert<do_nothing<std::uint32_t, std::uint32_t>>("kd_mksound", {}, "arm ppc"),
};
constexpr auto functions = for_each_arch<count_rows(rows)>(rows);

void set_port_base(Kernel& kernel, GuestAddr at)
{
    kernel.memory().store_word(at, port_window(kernel.arch()).value().start.value);
}
void set_vmalloc_start(Kernel& kernel, GuestAddr at)
{
    kernel.memory().store_word(at, kernel.memory().vmalloc_window().start.value);
}
template <std::uint64_t value>
void set_word(Kernel& kernel, GuestAddr at) { kernel.memory().store_word(at, value); }

/// ppc_md, a struct machdep_calls: what modules may call of it is optional, and not there.
void fill_calls(Kernel& kernel, GuestAddr at)
{
    constexpr std::uint64_t machine_at = 148, prep = 1;
    kernel.memory().store_word(at + machine_at, prep);
}

constexpr DataExport data[] = {
    {"isa_io_base", word_on<ppc>, set_port_base},
    {"isa_mem_base", word_on<ppc>, set_word<0xc0000000>},
    {"pci_dram_offset", word_on<ppc>, set_word<0x80000000>},
    {"ISA_DMA_THRESHOLD", word_on<ppc>, set_word<0x00ffffff>},
    {"DMA_MODE_READ", word_on<ppc>, set_word<0x44>},
    {"DMA_MODE_WRITE", word_on<ppc>, set_word<0x48>},
    {"_machine", word_on<ppc>, set_word<1>}, // _MACH_prep
    {"_prep_type", word_on<ppc>},
    {"ucSystemType", bytes_on<1, ppc>},
    {"sys_ctrler", word_on<ppc>}, // SYS_CTRLER_UNKNOWN
    {"pmac_newworld", word_on<ppc>},
    {"ppc_md", bytes_on<160, ppc>, fill_calls},
    {"ppc_ide_md", bytes_on<12, ppc>},
    {"tb_ticks_per_jiffy", word_on<ppc>, set_word<166667>}, // of a 66 MHz bus
    {"ppc_n_lost_interrupts", word_on<ppc>},
    {"ppc_lost_interrupts", bytes_on<16, ppc>},
    {"console_drivers", word_on<ppc>},
    {"last_task_used_altivec", word_on<ppc>},
    {"agp_special_page", word_on<ppc>},
    {"vmalloc_start", word_on<ppc>, set_vmalloc_start},
};

} // namespace

extern const Family ppc_machine{.header = "asm-ppc/machdep.h", .functions = functions, .data = data};

} // namespace retromod
