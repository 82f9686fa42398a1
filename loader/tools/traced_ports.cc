// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/traced_ports.h"

#include "emu/kernel/described_devices.h"
#include "emu/kernel/processor.h"

namespace retromod {

GuestAddr TracedPorts::pc() { return {kernel_.processor().engine().reg(kernel_.cpu().pc)}; }

std::uint32_t TracedPorts::in(std::uint16_t port, unsigned size)
{
    const auto value = kernel_.processor().ports().in(port, size);
    sink_.io_accessed({false, false, port, size, value, pc()});
    return value;
}

void TracedPorts::out(std::uint16_t port, unsigned size, std::uint32_t value)
{
    sink_.io_accessed({true, false, port, size, value, pc()});
    kernel_.processor().ports().out(port, size, value);
}

void TracedPorts::memory_accessed(bool write, GuestAddr at, unsigned size, std::uint64_t value)
{
    const auto* mapping = kernel_.machine().table<IoMappingRow>().find_if(
        [&](const IoMappingRow& row) { return at.value >= row.area && at.value - row.area < row.bytes; });
    if (mapping) sink_.io_accessed({write, true, mapping->physical + (at.value - mapping->area), size, value, pc()});
}

} // namespace retromod
