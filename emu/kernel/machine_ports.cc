// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/machine_ports.h"

#include "emu/kernel/clock.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/tick_rate.h"

#include <ctime>

namespace retromod {
namespace {

constexpr std::uint8_t nothing = 0xff;

// --- the CMOS clock: ports 70 and 71 --------------------------------------------------------------------------------

constexpr std::uint16_t cmos_index_port = 0x70, cmos_data_port = 0x71;

constexpr std::uint8_t binary_coded(int value) { return static_cast<std::uint8_t>(value / 10 << 4 | value % 10); }

} // namespace

std::uint8_t cmos_register(Kernel& kernel, std::uint8_t index)
{
    const auto seconds = static_cast<std::time_t>(kernel.state().boot_time + kernel.clock().jiffies() / hz);
    std::tm now{};
    gmtime_r(&seconds, &now);
    const auto kilobytes = (kernel.memory().total_pages() * kernel.arch().page_bytes >> 10) - 1024; // above the first megabyte
    switch (index) {
    case 0x00: return binary_coded(now.tm_sec);
    case 0x02: return binary_coded(now.tm_min);
    case 0x04: return binary_coded(now.tm_hour);
    case 0x06: return binary_coded(now.tm_wday + 1);
    case 0x07: return binary_coded(now.tm_mday);
    case 0x08: return binary_coded(now.tm_mon + 1);
    case 0x09: return binary_coded(now.tm_year % 100);
    case 0x0a: return 0x26; // 32768 Hz, no update in progress
    case 0x0b: return 0x02; // 24 hours, binary-coded
    case 0x0d: return 0x80; // the battery is good
    case 0x15: return 640 & 0xff;
    case 0x16: return 640 >> 8;
    case 0x17: case 0x30: return static_cast<std::uint8_t>(std::min<std::uint64_t>(kilobytes, 0xffff));
    case 0x18: case 0x31: return static_cast<std::uint8_t>(std::min<std::uint64_t>(kilobytes, 0xffff) >> 8);
    case 0x32: return binary_coded(now.tm_year / 100 + 19);
    default: return 0;
    }
}

namespace {

// --- the timer: ports 40 and 43, and port 61 --------------------------------------------------------------------------

constexpr std::uint16_t timer_port = 0x40, timer_control_port = 0x43, system_port = 0x61;
constexpr std::uint64_t timer_frequency = 1'193'180;

/// What counter 0 holds: it counts down from its reload value, once a tick.
std::uint16_t timer_count(Kernel& kernel)
{
    const auto rate = tick_rate(kernel.machine().release(), kernel.arch());
    const auto reload = (timer_frequency + rate / 2) / rate; // LATCH
    const auto passed = kernel.clock().blocks_in_tick() % blocks_per_jiffy;
    return static_cast<std::uint16_t>(reload - passed * reload / blocks_per_jiffy);
}

std::uint8_t timer_in(Kernel& kernel, BoardRow& board)
{
    if (board.timer_bytes_left) return static_cast<std::uint8_t>(board.timer_latched >> (--board.timer_bytes_left ? 0 : 8));
    const auto shift = board.timer_high_next ? 8 : 0;
    board.timer_high_next ^= 1;
    return static_cast<std::uint8_t>(timer_count(kernel) >> shift);
}

void timer_control(Kernel& kernel, BoardRow& board, std::uint8_t value)
{
    constexpr std::uint8_t latch_counter_0_mask = 0xf0; // counter 0, no access mode: latch
    if (value & latch_counter_0_mask || board.timer_bytes_left) return;
    board.timer_latched = timer_count(kernel);
    board.timer_bytes_left = 2;
}

/// The speaker's gate and data as written; memory refresh shows in a bit that changes every 15 us, here with every block.
std::uint8_t system_in(Kernel& kernel, const BoardRow& board)
{
    return static_cast<std::uint8_t>(board.speaker_gate | (kernel.clock().blocks_in_tick() & 1) << 4);
}

// --- the 16550A: ports 3f8 to 3ff --------------------------------------------------------------------------------------

constexpr std::uint16_t serial_first = 0x3f8, serial_last = 0x3ff;
enum SerialRegister : unsigned {
    data,
    interrupt_enable,
    interrupt_id,
    line_control,
    modem_control,
    line_status,
    modem_status,
    scratch
};
constexpr std::uint8_t divisor_latch = 0x80, fifos_enabled = 0xc0, none_pending = 0x01, transmitter_empty = 0x60, loop_back = 0x10;

std::uint8_t serial_in(BoardRow& board, unsigned reg)
{
    const bool divisor = board.serial_registers[line_control] & divisor_latch;
    switch (reg) {
    case data: return divisor ? board.serial_divisor[0] : 0;
    case interrupt_enable: return divisor ? board.serial_divisor[1] : board.serial_registers[interrupt_enable];
    case interrupt_id:
        return static_cast<std::uint8_t>(none_pending | (board.serial_registers[interrupt_id] & 1 ? fifos_enabled : 0));
    case line_status: return transmitter_empty;
    case modem_status: { // looped back, the outputs are the inputs
        const auto control = board.serial_registers[modem_control];
        if (!(control & loop_back)) return 0;
        return static_cast<std::uint8_t>((control & 0x0c) << 4 | (control & 0x02) << 3 | (control & 0x01) << 5);
    }
    default: return board.serial_registers[reg];
    }
}

void serial_out(BoardRow& board, unsigned reg, std::uint8_t value)
{
    const bool divisor = board.serial_registers[line_control] & divisor_latch;
    if (reg <= interrupt_enable && divisor) board.serial_divisor[reg] = value;
    else if (reg == interrupt_enable) board.serial_registers[reg] = value & 0x0f;
    else if (reg == modem_control) board.serial_registers[reg] = value & 0x1f;
    else if (reg != data && reg != line_status && reg != modem_status) board.serial_registers[reg] = value;
}

// --- PCI configuration mechanism 1: ports cf8 to cff ------------------------------------------------------------------

constexpr std::uint16_t config_address_port = 0xcf8, config_data_first = 0xcfc, config_data_last = 0xcff;
constexpr std::uint32_t config_enable = 0x80000000;

struct ConfigPlace {
    PciFunctionRow* function = nullptr;
    unsigned at = 0;
};

ConfigPlace config_place(Kernel& kernel, std::uint16_t port)
{
    const auto address = kernel.machine().single<BoardRow>().config_address;
    if (!(address & config_enable)) return {};
    return {pci_function_at(kernel.machine(), address >> 16 & 0xff, address >> 8 & 0xff),
            (address & 0xfc) + (port - config_data_first)};
}

bool is_config_data(std::uint16_t port) { return port >= config_data_first && port <= config_data_last; }

DescribedRange* described(Kernel& kernel, std::uint16_t port)
{
    return kernel.machine().table<DescribedRange>().find_if(
        [&](const DescribedRange& r) { return r.space == IoSpace::ports && r.holds(port); });
}

} // namespace

std::uint8_t MachinePorts::in_byte(std::uint16_t port)
{
    if (auto* range = described(kernel_, port)) return range->at(port);
    auto& board = kernel_.machine().single<BoardRow>();
    if (port == timer_port) return timer_in(kernel_, board);
    if (port == system_port) return system_in(kernel_, board);
    if (port == cmos_data_port) return cmos_register(kernel_, board.cmos_index & 0x7f);
    if (port >= serial_first && port <= serial_last) return serial_in(board, port - serial_first);
    if (is_config_data(port)) {
        const auto place = config_place(kernel_, port);
        if (place.function) return static_cast<std::uint8_t>(load_config(*place.function, place.at, 1));
    }
    return nothing;
}

void MachinePorts::out_byte(std::uint16_t port, std::uint8_t value)
{
    if (auto* range = described(kernel_, port)) {
        if (range->keeps) range->at(port) = value;
        return;
    }
    auto& board = kernel_.machine().single<BoardRow>();
    if (port == timer_control_port) timer_control(kernel_, board, value);
    if (port == system_port) board.speaker_gate = value & 3;
    if (port == cmos_index_port) board.cmos_index = value;
    if (port >= serial_first && port <= serial_last) serial_out(board, port - serial_first, value);
    if (!is_config_data(port)) return;
    const auto place = config_place(kernel_, port);
    if (place.function) write_config(*place.function, place.at, 1, value);
}

std::uint32_t MachinePorts::in(std::uint16_t port, unsigned size)
{
    if (port == config_address_port && size == 4) return kernel_.machine().single<BoardRow>().config_address;
    std::uint32_t value = 0;
    for (unsigned i = 0; i < size; ++i) value |= std::uint32_t{in_byte(static_cast<std::uint16_t>(port + i))} << 8 * i;
    return value;
}

void MachinePorts::out(std::uint16_t port, unsigned size, std::uint32_t value)
{
    if (port == config_address_port && size == 4) kernel_.machine().single<BoardRow>().config_address = value;
    else
        for (unsigned i = 0; i < size; ++i)
            out_byte(static_cast<std::uint16_t>(port + i), static_cast<std::uint8_t>(value >> 8 * i));
}

/// Of a CPU of `cpu_khz`: 200 MHz.
std::uint64_t MachinePorts::cycles()
{
    constexpr std::uint64_t cycles_per_block = 200 / blocks_per_microsecond;
    const auto& clock = kernel_.clock();
    return (clock.jiffies() * blocks_per_jiffy + clock.blocks_in_tick()) * cycles_per_block;
}

} // namespace retromod
