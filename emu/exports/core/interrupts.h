// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"

namespace retromod {

/// A handler of an interrupt line; fixed format. The name stays a guest pointer, as in the kernel.
struct InterruptRow {
    static constexpr std::string_view table_name = "interrupts";
    static constexpr std::uint32_t table_capacity = 512;
    std::uint32_t used;
    std::uint32_t line;
    std::uint64_t handler;
    std::uint64_t flags;   ///< SA_SHIRQ and others
    std::uint64_t name;    ///< const char *
    std::uint64_t device;  ///< dev_id
    std::uint64_t order;   ///< of the request, for shared lines
};

/// How often a line's interrupt came; fixed format.
struct InterruptCountRow {
    static constexpr std::string_view table_name = "interrupt_counts";
    static constexpr std::uint32_t table_capacity = 224;
    std::uint32_t used;
    std::uint32_t line;
    std::uint64_t count;
};

/// A line's interrupt comes: the handlers that drivers requested are called, oldest first, when threads have their turns. False
/// when no driver has that line.
bool raise_irq(Kernel& kernel, std::uint32_t line);

/// A DMA channel in use; fixed format.
struct DmaRow {
    static constexpr std::string_view table_name = "dma";
    static constexpr std::uint32_t table_capacity = 8;
    std::uint32_t used;
    std::uint32_t channel;
    std::uint64_t name;
};

} // namespace retromod
