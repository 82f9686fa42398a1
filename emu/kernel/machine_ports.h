// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/described_devices.h"
#include "emu/memory/io_bus.h"

namespace retromod {

/// What the board's own chips hold that can be read back; fixed format, one row.
struct BoardRow {
    static constexpr std::string_view table_name = "board";
    static constexpr std::uint32_t table_capacity = 1;
    std::uint32_t used;
    std::uint32_t config_address;         ///< of PCI configuration mechanism 1
    std::uint8_t cmos_index;
    std::uint8_t serial_registers[8];     ///< of the 16550A
    std::uint8_t serial_divisor[2];
    std::uint8_t reserved[5];
};

/// The port space of the machine: the CMOS clock, one 16550A that nothing is connected to, PCI configuration mechanism 1,
/// and what the user described. Everything else reads all ones, as an empty bus does.
/// Differs from hardware: keyboard, interrupt, DMA and floppy controllers and the timer chip are not there.
class MachinePorts final : public IoBus {
public:
    explicit MachinePorts(Kernel& kernel) : kernel_(kernel) {}
    std::uint32_t in(std::uint16_t port, unsigned size) override;
    void out(std::uint16_t port, unsigned size, std::uint32_t value) override;

private:
    std::uint8_t in_byte(std::uint16_t port);
    void out_byte(std::uint16_t port, std::uint8_t value);

    Kernel& kernel_;
};

} // namespace retromod
