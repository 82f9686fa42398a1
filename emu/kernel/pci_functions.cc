// SPDX-License-Identifier: GPL-2.0-or-later
// PCI functions: their configuration space.
#include "emu/kernel/pci_functions.h"

#include "emu/abi/arch_names.h"

namespace retromod {

bool has_pci_bus(const Arch& arch)
{
    return names_arch("i386 x86_64 alpha arm mips mipsel ppc", arch.name);
}

PciFunctionRow* pci_function_at(Machine& machine, std::uint32_t bus, std::uint32_t devfn)
{
    return machine.table<PciFunctionRow>().find_if([&](const PciFunctionRow& r) { return bus == 0 && r.devfn == devfn; });
}

std::uint64_t load_config(const PciFunctionRow& row, unsigned at, unsigned size)
{
    return load_unsigned(reinterpret_cast<const std::byte*>(row.config + at), size, ByteOrder::little);
}

void store_config(PciFunctionRow& row, unsigned at, unsigned size, std::uint64_t value)
{
    store_unsigned(reinterpret_cast<std::byte*>(row.config + at), size, ByteOrder::little, value);
}

void write_config(PciFunctionRow& row, unsigned at, unsigned size, std::uint64_t value)
{
    constexpr unsigned command = 4, status = 6, cache_line = 0x0c, header_type = 0x0e, interrupt_line = 0x3c, first_own = 0x40;
    const bool writable = (at >= command && at < status) || (at >= cache_line && at < header_type) || at == interrupt_line
                          || at >= first_own;
    if (writable) store_config(row, at, size, value);
}

} // namespace retromod
