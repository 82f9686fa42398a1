// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/described_devices.h"

#include "emu/abi/arch_names.h"
#include "emu/kernel/board_rom.h"
#include "emu/memory/port_window.h"

#include <algorithm>
#include <stdexcept>

namespace retromod {
namespace {

template <class Row>
void add_rows(Machine& machine, const std::vector<Row>& rows)
{
    for (const auto& row : rows) {
        auto* into = machine.table<Row>().insert();
        if (!into) throw std::length_error("more described devices than a machine has room for");
        const auto used = into->used;
        *into = row;
        into->used = used;
    }
}

} // namespace

std::string_view missing_for(const Arch& arch, const DescribedDevices& devices)
{
    const bool has_ports = names_arch("i386 x86_64 alpha", arch.name) || port_window(arch);
    const auto is_port = [](const DescribedRange& range) { return range.space == IoSpace::ports; };
    if (!devices.functions.empty() && !has_pci_bus(arch)) return "a PCI bus";
    return std::ranges::any_of(devices.ranges, is_port) && !has_ports ? "I/O ports" : "";
}

void add_described_devices(Machine& machine, const DescribedDevices& devices)
{
    add_rows(machine, devices.functions);
    add_rows(machine, devices.ranges);
}

std::uint8_t device_memory_byte(Machine& machine, std::uint64_t physical)
{
    auto* range = machine.table<DescribedRange>().find_if(
        [&](const DescribedRange& r) { return r.space == IoSpace::memory && r.holds(physical); });
    return range ? range->at(physical) : board_rom_byte(machine.arch(), physical);
}

} // namespace retromod
