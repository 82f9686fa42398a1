// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/pci_functions.h"

#include <array>

namespace retromod {

enum class IoSpace : std::uint32_t { none, ports, memory };

/// A region that a PCI function's base address register opens.
struct DescribedBar {
    IoSpace space = IoSpace::none;
    std::uint32_t first = 0;
    std::uint32_t bytes = 0;
};

/// A PCI function that a user added to the machine; fixed format.
struct DescribedFunction {
    static constexpr std::string_view table_name = "described_functions";
    static constexpr std::uint32_t table_capacity = 32;
    std::uint32_t used = 0;
    std::uint32_t devfn = 0;
    std::uint32_t irq = 0; ///< 0: none
    std::array<DescribedBar, 6> bars{};
    std::uint32_t reserved = 0;
    std::array<std::uint8_t, config_bytes> config{};
};

/// Ports or device memory that hold something; fixed format.
struct DescribedRange {
    static constexpr std::string_view table_name = "described_ranges";
    static constexpr std::uint32_t table_capacity = 64;
    static constexpr std::size_t most_contents = 4096;
    std::uint32_t used = 0;
    IoSpace space = IoSpace::ports;
    std::uint32_t first = 0, last = 0;
    std::uint32_t contents = 1; ///< how many bytes of `bytes` count; they repeat over the range
    std::uint32_t keeps = 0;    ///< what is written there is read back
    std::array<std::uint8_t, most_contents> bytes{};

    bool holds(std::uint64_t address) const { return address >= first && address <= last; }
    std::uint8_t& at(std::uint64_t address) { return bytes[(address - first) % contents]; }
};

/// What a user added to the bare machine.
struct DescribedDevices {
    std::vector<DescribedFunction> functions;
    std::vector<DescribedRange> ranges;
};

/// Device memory that is mapped into the kernel (ioremap); fixed format.
struct IoMappingRow {
    static constexpr std::string_view table_name = "io_mappings";
    static constexpr std::uint32_t table_capacity = 1024;
    std::uint32_t used;
    std::uint32_t reserved;
    std::uint64_t area;     ///< page-aligned
    std::uint64_t physical; ///< of its first byte
    std::uint64_t bytes;
};

/// What the described devices need and machines of that architecture lack: "a PCI bus", "I/O ports"; empty: nothing.
std::string_view missing_for(const Arch& arch, const DescribedDevices& devices);

/// Puts them into a fresh machine; the bus takes the functions up when it is booted. std::length_error: more than fit.
void add_described_devices(Machine& machine, const DescribedDevices& devices);

/// What device memory at a physical address reads as: described bytes, else what the board has there.
std::uint8_t device_memory_byte(Machine& machine, std::uint64_t physical);

} // namespace retromod
