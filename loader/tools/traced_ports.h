// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/event_sink.h"
#include "emu/kernel/kernel.h"
#include "emu/memory/io_bus.h"

namespace retromod {

/// Stands before the machine's ports and tells a trace of every access to them and to device memory.
class TracedPorts final : public IoBus {
public:
    TracedPorts(Kernel& kernel, EventSink& sink) : kernel_(kernel), sink_(sink) {}

    std::uint32_t in(std::uint16_t port, unsigned size) override;
    void out(std::uint16_t port, unsigned size, std::uint32_t value) override;
    bool watches_memory() const override { return true; }
    void memory_accessed(bool write, GuestAddr at, unsigned size, std::uint64_t value) override;

private:
    GuestAddr pc();

    Kernel& kernel_;
    EventSink& sink_;
};

} // namespace retromod
