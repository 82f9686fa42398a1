// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/described_devices.h"
#include "emu/kernel/kernel.h"
#include "emu/memory/cpu_clock.h"
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
    std::uint8_t speaker_gate;            ///< bits 0 and 1 of port 61
    std::uint16_t timer_latched;          ///< what the timer's counter 0 held when it was latched
    std::uint8_t timer_bytes_left;        ///< of it, to be read
    std::uint8_t timer_high_next;         ///< an unlatched read is of the high byte
};

/// What a register of the CMOS clock holds, by the guest's time.
std::uint8_t cmos_register(Kernel& kernel, std::uint8_t index);

/// The port space of the machine: the timer's tick counter, the CMOS clock, one 16550A that nothing is connected to, PCI
/// configuration mechanism 1, and what the user described. Everything else reads all ones, as an empty bus does. Differs from
/// hardware: keyboard, interrupt, DMA and floppy controllers are not there; of the timer chip, counter 0 runs as the kernel
/// programmed it, whatever a module writes, and the others are not there.
class MachinePorts final : public IoBus, public CpuClock {
public:
    explicit MachinePorts(Kernel& kernel) : kernel_(kernel) {}
    std::uint32_t in(std::uint16_t port, unsigned size) override;
    void out(std::uint16_t port, unsigned size, std::uint32_t value) override;
    std::uint64_t cycles() override;

private:
    std::uint8_t in_byte(std::uint16_t port);
    void out_byte(std::uint16_t port, std::uint8_t value);

    Kernel& kernel_;
};

} // namespace retromod
