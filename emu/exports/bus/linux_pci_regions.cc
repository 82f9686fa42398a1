// SPDX-License-Identifier: GPL-2.0-or-later
// linux/pci.h: what a function's base addresses open, claimed as a whole. Source: drivers/pci/pci.c of 2.4.18.
#include "emu/exports/core/resources.h"
#include "emu/exports/family.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/log.h"
#include "emu/kernel/symbols.h"

#include <fmt/format.h>

namespace retromod {
namespace {

constexpr unsigned base_addresses = 6;
constexpr std::uint64_t ports_flag = 0x100, memory_flag = 0x200; // IORESOURCE_IO, IORESOURCE_MEM

struct Opened {
    std::uint64_t first = 0, count = 0;
    bool ports = false;
    GuestAddr root = {}; ///< of the tree it lies in; NULL: not open
};

Opened opened_by(Kernel& kernel, GuestAddr device, unsigned number)
{
    const auto resources = GuestStruct(kernel, "struct pci_dev", device).address("resource");
    const GuestStruct resource(kernel, "struct resource", resources + number * kernel.layouts().size("struct resource"));
    const auto first = resource.get("start"), last = resource.get("end"), flags = resource.get("flags");
    if (!first && last == first) return {}; // pci_resource_len says 0
    const bool ports = flags & ports_flag;
    if (!ports && !(flags & memory_flag)) return {};
    return {first, kernel.arch().word(last - first + 1), ports,
            kernel.symbols().variable(ports ? "ioport_resource" : "iomem_resource")};
}

void pci_release_regions(Kernel& kernel, GuestAddr device)
{
    for (unsigned number = 0; number < base_addresses; ++number)
        if (const auto opened = opened_by(kernel, device, number); opened.root)
            give_up_region(kernel, opened.root, opened.first, opened.count);
}

std::int32_t pci_request_regions(Kernel& kernel, GuestAddr device, GuestString name)
{
    for (unsigned number = 0; number < base_addresses; ++number) {
        const auto opened = opened_by(kernel, device, number);
        if (!opened.root || claim_region(kernel, opened.root, opened.first, opened.count, name.address)) continue;
        kernel.log().write(fmt::format("<4>PCI: Unable to reserve {} region #{}:{:x}@{:x} for device {}\n",
                                       opened.ports ? "I/O" : "mem", number + 1, opened.count, opened.first,
                                       GuestStruct(kernel, "struct pci_dev", device).text("slot_name")));
        pci_release_regions(kernel, device);
        return error_code(kernel, Errno::ebusy);
    }
    return 0;
}

constexpr Export functions[] = {
    full<pci_request_regions>("pci_request_regions", from(LayoutVersion::v2_4_18_14)),
    full<pci_release_regions>("pci_release_regions", from(LayoutVersion::v2_4_18_14)),
};

} // namespace

extern const Family linux_pci_regions{.header = "linux/pci.h", .functions = functions};

} // namespace retromod
