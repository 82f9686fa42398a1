// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/event_sink.h"
#include "emu/memory/io_bus.h"

namespace retromod {

/// The port space of a machine without devices, whose every access a trace is told of: reads give all ones.
class TracedPorts final : public IoBus {
public:
    explicit TracedPorts(EventSink& sink) : sink_(sink) {}

    std::uint32_t in(std::uint16_t port, unsigned size) override
    {
        const auto value = static_cast<std::uint32_t>((std::uint64_t{1} << 8 * size) - 1);
        sink_.port_accessed(false, port, size, value);
        return value;
    }
    void out(std::uint16_t port, unsigned size, std::uint32_t value) override
    {
        sink_.port_accessed(true, port, size, value);
    }

private:
    EventSink& sink_;
};

} // namespace retromod
