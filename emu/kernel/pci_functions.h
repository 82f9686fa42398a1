// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"

namespace retromod {

constexpr unsigned config_bytes = 256; ///< of a PCI function's configuration space

/// A function of the machine's only PCI bus; fixed format.
struct PciFunctionRow {
    static constexpr std::string_view table_name = "pci_functions";
    static constexpr std::uint32_t table_capacity = 64;
    std::uint32_t used;
    std::uint32_t devfn;
    std::uint64_t device; ///< struct pci_dev
    std::uint8_t config[config_bytes];
};

/// Whether machines of that architecture have a PCI bus at all.
bool has_pci_bus(const Arch& arch);

PciFunctionRow* pci_function_at(Machine& machine, std::uint32_t bus, std::uint32_t devfn);

/// Little-endian, `at` + `size` within the space.
std::uint64_t load_config(const PciFunctionRow& row, unsigned at, unsigned size);
void store_config(PciFunctionRow& row, unsigned at, unsigned size, std::uint64_t value);
/// A store by a driver: identification and class cannot be written, nor can base addresses, whose regions are fixed.
void write_config(PciFunctionRow& row, unsigned at, unsigned size, std::uint64_t value);

} // namespace retromod
