// SPDX-License-Identifier: GPL-2.0-or-later
// The text of /proc/pci. Source: drivers/pci/proc.c of 2.4.
#include "emu/exports/bus/proc_pci.h"

#include "emu/kernel/guest_struct.h"
#include "emu/kernel/pci_functions.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

struct ClassName {
    std::uint32_t code; ///< base class and sub class
    std::string_view name;
};
constexpr ClassName class_names[] = {
    {0x0100, "SCSI storage controller"}, {0x0101, "IDE interface"},     {0x0200, "Ethernet controller"},
    {0x0280, "Network controller"},      {0x0300, "VGA compatible controller"}, {0x0400, "Multimedia video controller"},
    {0x0401, "Multimedia audio controller"}, {0x0600, "Host bridge"},   {0x0601, "ISA bridge"}, {0x0604, "PCI bridge"},
    {0x0700, "Serial controller"},       {0x0c03, "USB Controller"},
};

std::string class_name(std::uint32_t device_class)
{
    const auto* found = std::ranges::find(class_names, device_class >> 8, &ClassName::code);
    return found == std::end(class_names) ? fmt::format("Class {:04x}", device_class >> 8) : std::string(found->name);
}

std::string resources_text(Kernel& kernel, const GuestStruct& device)
{
    constexpr unsigned bars = 6;
    constexpr std::uint64_t io = 0x100, prefetch = 0x2000; // IORESOURCE_IO, IORESOURCE_PREFETCH
    std::string text;
    if (!device.has("resource")) return text;
    for (unsigned i = 0; i < bars; ++i) {
        const GuestStruct resource(kernel, "struct resource",
                                   device.address("resource") + i * kernel.layouts().size("struct resource"));
        const auto start = resource.get("start"), end = resource.get("end"), flags = resource.get("flags");
        if (!end) continue;
        if (flags & io) text += fmt::format("      I/O at {:#x} [{:#x}].\n", start, end);
        else
            text += fmt::format("      {} 32 bit memory at {:#x} [{:#x}].\n",
                                flags & prefetch ? "Prefetchable" : "Non-prefetchable", start, end);
    }
    return text;
}

} // namespace

std::string pci_text(Kernel& kernel)
{
    std::string text = "PCI devices found:\n";
    for (const auto& row : kernel.machine().table<PciFunctionRow>()) {
        const GuestStruct device(kernel, "struct pci_dev", {row.device});
        const auto name =
            device.has("name") ? device.text("name") : fmt::format("{:04x}:{:04x}", device.get("vendor"), device.get("device"));
        constexpr unsigned revision = 8;
        text += fmt::format("  Bus {:2}, device {:3}, function {:2}:\n    {}: {} (rev {}).\n", 0, row.devfn >> 3, row.devfn & 7,
                            class_name(static_cast<std::uint32_t>(device.get("class"))), name, load_config(row, revision, 1));
        if (const auto line = device.get("irq")) text += fmt::format("      IRQ {}.\n", line);
        text += resources_text(kernel, device);
    }
    return text;
}

} // namespace retromod
