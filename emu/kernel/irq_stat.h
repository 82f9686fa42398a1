// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"

#include <optional>
#include <string_view>

namespace retromod {

/// What a kernel keeps of interrupt context where the guest has no variable for it; fixed format, one row.
struct SoftirqRow {
    static constexpr std::string_view table_name = "softirq";
    static constexpr std::uint32_t table_capacity = 1;
    std::uint32_t used;
    std::uint32_t pending;
    std::uint32_t irq_count;
    std::uint32_t bh_count;
};

/// The counts of interrupt context on the one processor, where module code reads and writes them: irq_stat[0] of 2.4,
/// local_irq_count and local_bh_count of 2.2. Source: include/asm-*/hardirq.h, include/linux/irq_cpustat.h.
class IrqStat {
public:
    explicit IrqStat(Kernel& kernel);

    bool in_interrupt() const { return load(irq_count_) + load(bh_count_) != 0; }
    void irq_enter() { store(irq_count_, load(irq_count_) + 1); }
    void irq_exit() { store(irq_count_, load(irq_count_) - 1); }
    void local_bh_disable() { store(bh_count_, load(bh_count_) + 1); }
    void local_bh_enable() { store(bh_count_, load(bh_count_) - 1); } ///< without running what is pending
    /// Softirqs that were raised and not run, a bit each: 2.4.0's softirq_active & softirq_mask, later softirq_pending.
    std::uint32_t pending() const;
    void raise(unsigned softirq);
    void clear(std::uint32_t softirqs);

private:
    /// A counter in the guest, or in the row where `at` is null.
    struct Counter {
        GuestAddr at = {};
        unsigned bytes = 4;
        std::uint32_t SoftirqRow::*row = nullptr;
    };
    Counter member(std::string_view name) const;
    Counter variable(std::string_view name, std::uint32_t SoftirqRow::*in_row) const;
    std::uint32_t load(const Counter& counter) const;
    void store(const Counter& counter, std::uint32_t value);

    Kernel& kernel_;
    GuestAddr at_; ///< irq_stat; null where there is none
    Counter irq_count_, bh_count_, pending_;
    std::optional<Counter> mask_;
};

/// in_interrupt(): a softirq or an interrupt's handler runs, or bottom halves are disabled.
bool in_interrupt(Kernel& kernel);

} // namespace retromod
