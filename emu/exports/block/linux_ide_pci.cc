// SPDX-License-Identifier: GPL-2.0-or-later
// linux/ide.h of 2.4.22 on: drivers of IDE host adapters, which the PCI bus calls for their cards.
// Source: drivers/ide/{setup-pci,ide-lib,ide-proc,ide-dma}.c of 2.4.27.
#include "emu/exports/answers.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/trouble.h"

#include <algorithm>
#include <array>

namespace retromod {
namespace {

/// After boot it is pci_module_init of a kernel with CONFIG_HOTPLUG: a driver without a card stays for cards to come.
Step ide_pci_register_driver(Kernel& kernel, Frame& frame, GuestAddr driver)
{
    enum : std::uint32_t { begin, registered, unregistered };
    auto& result = frame.local<std::uint64_t>();
    switch (frame.phase++) {
    case begin: return CallGuest{function_address(kernel, "pci_register_driver"), {driver.value}, 1, "pci_register_driver"};
    case registered:
        result = frame.result;
        if (static_cast<std::int32_t>(result) >= 0) return Return{0};
        return CallGuest{function_address(kernel, "pci_unregister_driver"), {driver.value}, 1, "pci_unregister_driver"};
    default: return Return{result};
    }
}
Step ide_pci_unregister_driver(Kernel& kernel, Frame& frame, GuestAddr driver)
{
    if (frame.phase++) return Return{0};
    return CallGuest{function_address(kernel, "pci_unregister_driver"), {driver.value}, 1, "pci_unregister_driver"};
}

/// ide_pci_host_proc_t: {name, set, get_info, parent, next}. Registered is what /proc/ide shows when it is made, at boot.
void ide_pci_register_host_proc(Kernel& kernel, GuestAddr entry)
{
    if (entry) kernel.memory().store<std::uint8_t>(entry + kernel.arch().word_bytes, 1);
}

// --- transfer modes: XFER_* of linux/hdreg.h -----------------------------------------------------------------------

constexpr std::uint32_t mw_dma_2 = 0x22, udma_2 = 0x42, udma_4 = 0x44, udma_5 = 0x45, udma_6 = 0x46;

/// The best speed at or below the one asked for, by the DMA mode of the adapter: 0 (none) to 4 (UDMA 6).
std::uint32_t ide_rate_filter(Kernel&, std::uint32_t mode, std::uint32_t speed)
{
    constexpr std::array fastest{mw_dma_2, udma_2, udma_4, udma_5, udma_6};
    if ((mode & 0xff) >= fastest.size()) throw KernelBug{"ide_rate_filter: a mode above UDMA 6"};
    return std::min(speed & 0xff, fastest[mode & 0xff]);
}

struct ModeName {
    std::uint8_t mode;
    std::string_view name;
};
constexpr ModeName mode_names[] = {
    {0x47, "UDMA 7"},   {0x46, "UDMA 6"},   {0x45, "UDMA 5"},   {0x44, "UDMA 4"},   {0x43, "UDMA 3"}, {0x42, "UDMA 2"},
    {0x41, "UDMA 1"},   {0x40, "UDMA 0"},   {0x22, "MW DMA 2"}, {0x21, "MW DMA 1"}, {0x20, "MW DMA 0"}, {0x12, "SW DMA 2"},
    {0x11, "SW DMA 1"}, {0x10, "SW DMA 0"}, {0x0c, "PIO 4"},    {0x0b, "PIO 3"},    {0x0a, "PIO 2"},  {0x09, "PIO 1"},
    {0x08, "PIO 0"},    {0x00, "PIO SLOW"}, {0xff, "XFER ERROR"},
};
constexpr std::uint64_t mode_name_bytes = 16;

/// The names in guest memory, 16 bytes each; fixed format.
struct ModeNamesRow {
    static constexpr std::string_view table_name = "ide_modes";
    static constexpr std::uint32_t table_capacity = 1;
    std::uint32_t used;
    std::uint32_t reserved;
    std::uint64_t names; ///< 0: not asked for yet
};

GuestAddr ide_xfer_verbose(Kernel& kernel, std::uint32_t rate)
{
    const auto* row = std::ranges::find(mode_names, static_cast<std::uint8_t>(rate), &ModeName::mode);
    const auto index = std::min<std::size_t>(static_cast<std::size_t>(row - mode_names), std::size(mode_names) - 1);
    auto& table = kernel.machine().single<ModeNamesRow>();
    if (!table.names) {
        table.names = kernel.heap().allocate(std::size(mode_names) * mode_name_bytes).value;
        for (std::size_t i = 0; i < std::size(mode_names); ++i)
            store_string(kernel, {table.names + i * mode_name_bytes}, mode_names[i].name);
    }
    return {table.names + index * mode_name_bytes};
}

/// ide_pio_timings_t {setup, active, cycle}: nanoseconds of the PIO modes.
constexpr std::int32_t pio_timings[] = {70, 165, 600, 50, 125, 383, 30, 100, 240, 30, 80, 180, 25, 70, 120, 20, 50, 100};
void init_pio_timings(Kernel& kernel, GuestAddr at)
{
    for (const auto value : pio_timings) {
        kernel.memory().store<std::int32_t>(at, value);
        at += sizeof value;
    }
}

constexpr auto since_2_4_22 = from(LayoutVersion::v2_4_22);
using Drive = GuestAddr;

constexpr Export functions[] = {
    full<ide_pci_register_driver>("ide_pci_register_driver", since_2_4_22),
    full<ide_pci_unregister_driver>("ide_pci_unregister_driver", since_2_4_22),
    init<ide_pci_register_host_proc>("ide_pci_register_host_proc", since_2_4_22),
    full<ide_rate_filter>("ide_rate_filter", since_2_4_22),
    full<ide_xfer_verbose>("ide_xfer_verbose", since_2_4_22),
    inert<do_nothing<GuestAddr, GuestAddr>>("ide_setup_pci_device", since_2_4_22),
    inert<do_nothing<GuestAddr, GuestAddr, GuestAddr>>("ide_setup_pci_devices", since_2_4_22),
    inert<do_nothing<GuestAddr, ULong, std::uint32_t>>("ide_setup_dma", since_2_4_22),
    // What is done to a drive. The board's interface has none.
    inert<answer<0, Drive, std::uint32_t, std::uint32_t, GuestAddr>>("ide_get_best_pio_mode", since_2_4_22),
    inert<answer<0, Drive>>("ide_dma_enable", since_2_4_22),
    inert<answer<0, Drive, std::uint32_t>>("ide_dma_speed", since_2_4_22),
    inert<answer<0, Drive, std::uint32_t>>("ide_set_xfer_rate", since_2_4_22),
    inert<do_nothing<Drive>>("ide_destroy_dmatable", since_2_4_22),
    inert<answer<0, Drive, GuestAddr>>("ide_build_dmatable", since_2_4_22),
    inert<answer<0, Drive>>("ide_dma_intr", since_2_4_22),
    inert<answer<0, Drive>>("__ide_dma_read", since_2_4_22),
    inert<answer<0, Drive>>("__ide_dma_write", since_2_4_22),
    inert<answer<0, Drive>>("__ide_dma_begin", since_2_4_22),
    inert<answer<0, Drive>>("__ide_dma_end", since_2_4_22),
    inert<answer<0, Drive>>("__ide_dma_test_irq", since_2_4_22),
    inert<answer<0, Drive>>("__ide_dma_check", since_2_4_22),
    inert<answer<0, Drive>>("__ide_dma_on", since_2_4_22),
    inert<answer<0, Drive>>("__ide_dma_off", since_2_4_22),
    inert<answer<0, Drive>>("__ide_dma_off_quietly", since_2_4_22),
    inert<answer<0, Drive>>("__ide_dma_host_on", since_2_4_22),
    inert<answer<0, Drive>>("__ide_dma_host_off", since_2_4_22),
    inert<answer<0, Drive>>("__ide_dma_good_drive", since_2_4_22),
    inert<answer<0, Drive>>("__ide_dma_bad_drive", since_2_4_22),
    inert<answer<0, Drive>>("__ide_dma_count", since_2_4_22),
    inert<answer<0, Drive>>("__ide_dma_verbose", since_2_4_22),
    inert<answer<0, Drive>>("__ide_dma_retune", since_2_4_22),
    inert<answer<0, Drive>>("__ide_dma_lostirq", since_2_4_22),
    inert<answer<0, Drive>>("__ide_dma_timeout", since_2_4_22),
    inert<answer<0, Drive, GuestAddr, ULong>>("__ide_do_rw_disk", since_2_4_22),
    inert<do_nothing<Drive, std::uint32_t, GuestAddr, std::uint32_t, GuestAddr>>("ide_execute_command", since_2_4_22),
    inert<do_nothing<Drive>>("SELECT_DRIVE", since_2_4_22),
    inert<do_nothing<Drive>>("SELECT_INTERRUPT", since_2_4_22),
    inert<do_nothing<Drive, std::int32_t>>("SELECT_MASK", since_2_4_22),
    inert<do_nothing<GuestAddr>>("default_hwif_mmiops", since_2_4_22),
    inert<do_nothing<GuestAddr>>("default_hwif_iops", since_2_4_22),
    inert<do_nothing<GuestAddr>>("default_hwif_transport", since_2_4_22),
    // The identification of a drive is in a PC's byte order already.
    full<do_nothing<GuestAddr>>("ide_fix_driveid", from(LayoutVersion::v2_4_0)),
    full<no_object<std::uint32_t, std::int32_t>>("ide_info_ptr", since_2_4_22),
};

constexpr DataExport data[] = {
    {"ide_pio_timings", fixed_bytes<sizeof pio_timings>, init_pio_timings, since_2_4_22},
};

void tell(RowVisitor& visitor, const ModeNamesRow& row) { visitor.block("the names of the modes", row.names); }
constexpr TableKind tables[] = {table<ModeNamesRow, tell>()};

} // namespace

extern const Family linux_ide_pci{
    .header = "linux/ide.h", .functions = functions, .data = data,
    .keeps = {.tables = tables}};

} // namespace retromod
