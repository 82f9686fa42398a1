// SPDX-License-Identifier: GPL-2.0-or-later
// Interrupt context as the guest's own variables tell it.
#include "emu/kernel/irq_stat.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/symbols.h"

namespace retromod {
namespace {

constexpr std::string_view type = "irq_cpustat_t";

GuestAddr irq_stat_of(Kernel& kernel)
{
    const auto at = kernel.symbols().find_variable("irq_stat");
    return at && kernel.layouts().has(type) ? *at : GuestAddr{};
}

} // namespace

IrqStat::IrqStat(Kernel& kernel) : kernel_(kernel), at_(irq_stat_of(kernel))
{
    if (!at_) {
        irq_count_ = variable("local_irq_count", &SoftirqRow::irq_count);
        bh_count_ = variable("local_bh_count", &SoftirqRow::bh_count);
        pending_.row = &SoftirqRow::pending;
        return;
    }
    irq_count_ = member("__local_irq_count");
    bh_count_ = member("__local_bh_count");
    const bool masked = kernel.layouts().has(type, "__softirq_mask"); // 2.4.0
    pending_ = member(masked ? "__softirq_active" : "__softirq_pending");
    if (masked) mask_ = member("__softirq_mask");
}

IrqStat::Counter IrqStat::member(std::string_view name) const
{
    const auto field = kernel_.layouts().field(type, name);
    return {at_ + field.offset, static_cast<unsigned>(field.size)};
}

IrqStat::Counter IrqStat::variable(std::string_view name, std::uint32_t SoftirqRow::*in_row) const
{
    return {kernel_.symbols().find_variable(name).value_or(GuestAddr{}), 4, in_row};
}

std::uint32_t IrqStat::load(const Counter& counter) const
{
    if (!counter.at) return kernel_.machine().single<SoftirqRow>().*counter.row;
    return static_cast<std::uint32_t>(kernel_.memory().load_sized(counter.at, counter.bytes));
}

void IrqStat::store(const Counter& counter, std::uint32_t value)
{
    if (counter.at) kernel_.memory().store_sized(counter.at, counter.bytes, value);
    else kernel_.machine().single<SoftirqRow>().*counter.row = value;
}

std::uint32_t IrqStat::pending() const { return load(pending_) & (mask_ ? load(*mask_) : ~std::uint32_t{0}); }

void IrqStat::raise(unsigned softirq) { store(pending_, load(pending_) | std::uint32_t{1} << softirq); }

void IrqStat::clear(std::uint32_t softirqs) { store(pending_, load(pending_) & ~softirqs); }

bool in_interrupt(Kernel& kernel) { return IrqStat(kernel).in_interrupt(); }

} // namespace retromod
