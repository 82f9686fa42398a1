// SPDX-License-Identifier: GPL-2.0-or-later
// linux/atmdev.h: ATM devices. Source: net/atm/{resources,atm_misc}.c of 2.4.
#include "emu/exports/answers.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/log.h"
#include "emu/kernel/thread.h"

#include <fmt/format.h>

namespace retromod {
namespace {

/// struct atm_dev {ops, phy, type, number, vccs, last, dev_data, phy_data, flags, ...}; offsets on i386.
constexpr std::uint64_t device_bytes = 256, type_at = 8, number_at = 12, flags_at = 32, signal_at = 80, link_rate_at = 84;
constexpr std::uint32_t oc3_cells = 353207; // ATM_OC3_PCR

/// Registered devices; fixed format.
struct AtmDeviceRow {
    static constexpr std::string_view table_name = "atm_devices";
    static constexpr std::uint32_t table_capacity = 64;
    std::uint32_t used;
    std::int32_t number;
    std::uint64_t device;
};

GuestAddr atm_find_dev(Kernel& kernel, std::int32_t number)
{
    const auto* row = kernel.machine().table<AtmDeviceRow>().find_if([&](const AtmDeviceRow& r) { return r.number == number; });
    return row ? GuestAddr{row->device} : GuestAddr{};
}

/// Number -1 asks for the lowest free one; a taken one gives NULL. Differs from 2.4: no /proc/net/atm entry.
GuestAddr atm_dev_register(Kernel& kernel, GuestString type, GuestAddr operations, std::int32_t number, GuestAddr flags)
{
    const auto at = kernel.heap().allows(AllocationKind::kmalloc) ? kernel.heap().allocate(device_bytes) : GuestAddr{};
    if (!at) {
        kernel.log().write(fmt::format("<3>atm_dev_register: no space for dev {}\n", type.text));
        return {};
    }
    if (number == -1)
        for (number = 0; atm_find_dev(kernel, number);) ++number;
    auto* row = atm_find_dev(kernel, number) ? nullptr : kernel.machine().table<AtmDeviceRow>().insert();
    if (!row) {
        kernel.heap().free(at);
        return {};
    }
    *row = {1, number, at.value};
    auto& memory = kernel.memory();
    memory.fill(at, device_bytes, std::byte{0});
    memory.store_word(at, operations.value);
    memory.store_word(at + type_at, type.address.value);
    memory.store<std::int32_t>(at + number_at, number);
    if (flags) memory.store_word(at + flags_at, memory.load_word(flags));
    memory.store<std::uint8_t>(at + signal_at, 0);
    memory.store<std::uint32_t>(at + link_rate_at, oc3_cells);
    return at;
}

void atm_dev_deregister(Kernel& kernel, GuestAddr at)
{
    auto rows = kernel.machine().table<AtmDeviceRow>();
    if (auto* row = rows.find_if([&](const AtmDeviceRow& r) { return r.device == at.value; })) rows.erase(*row);
    kernel.heap().free(at);
}

/// A device without connections is closed by its driver and goes.
Step shutdown_atm_dev(Kernel& kernel, Frame& frame, GuestAddr at)
{
    const auto close = kernel.memory().load_pointer(kernel.memory().load_pointer(at));
    if (!frame.phase++ && close) return CallGuest{close, {at.value}, 1, "dev_close"};
    atm_dev_deregister(kernel, at);
    return Return{};
}

/// struct k_sonet_stats and sonet_stats: nine counters. Copied, or taken off.
constexpr unsigned sonet_counters = 9;
template <bool subtract>
void sonet_stats(Kernel& kernel, GuestAddr from, GuestAddr to)
{
    auto& memory = kernel.memory();
    for (unsigned i = 0; i < sonet_counters; ++i) {
        const auto source = from + i * 4, target = to + i * 4;
        if (subtract) memory.store<std::uint32_t>(source, memory.load<std::uint32_t>(source) - memory.load<std::uint32_t>(target));
        else memory.store<std::uint32_t>(target, memory.load<std::uint32_t>(source));
    }
}

/// The best-effort cell rate that a traffic description asks for: max_pcr, min_pcr or none.
std::int32_t atm_pcr_goal(Kernel& kernel, GuestAddr traffic)
{
    constexpr std::uint64_t max_at = 4, pcr_at = 8, min_at = 12; // struct atm_trafprm on i386
    const auto word = [&](std::uint64_t at) { return kernel.memory().load<std::int32_t>(traffic + at); };
    if (word(pcr_at) && word(pcr_at) != -1) return -word(pcr_at);
    if (word(min_at) && !word(pcr_at)) return word(min_at);
    if (word(max_at) != -1) return -word(max_at);
    return 0;
}

constexpr Export functions[] = {
    init<atm_dev_register>("atm_dev_register", since_2_4),
    full<atm_dev_deregister>("atm_dev_deregister", since_2_4),
    full<atm_find_dev>("atm_find_dev", Since{LayoutVersion::v2_4_0, LayoutVersion::v2_4_18_14}),
    full<atm_find_dev>("atm_dev_lookup", from(LayoutVersion::v2_4_37_11)),
    init<shutdown_atm_dev>("shutdown_atm_dev", since_2_4),
    full<sonet_stats<false>>("sonet_copy_stats", since_2_4),
    full<sonet_stats<true>>("sonet_subtract_stats", since_2_4),
    init<atm_pcr_goal>("atm_pcr_goal", since_2_4),
    inert<answer<1, GuestAddr, std::int32_t>>("atm_charge", since_2_4),
    inert<no_object<GuestAddr, std::int32_t, std::int32_t>>("atm_alloc_charge", since_2_4),
    inert<refuse<Errno::eaddrinuse, GuestAddr, GuestAddr, GuestAddr>>("atm_find_ci", since_2_4),
    inert<do_nothing<GuestAddr, std::int32_t>>("atm_async_release_vcc", Since{LayoutVersion::v2_4_0, LayoutVersion::v2_4_22}),
    inert<answer<0, GuestAddr>>("atm_init_aal5", since_2_4),
    inert<do_nothing<GuestAddr, GuestAddr>>("bind_vcc", Since{LayoutVersion::v2_4_0, LayoutVersion::v2_4_22}),
    inert<do_nothing<GuestAddr, GuestAddr>>("skb_migrate", since_2_4),
};

constexpr DataExport data[] = {
    {"br2684_ioctl_hook", words<1>, nullptr, Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_22}},
    {"pppoatm_ioctl_hook", words<1>, nullptr, Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_22}},
    {"br_fdb_get_hook", words<1>, nullptr, since_2_4},
    {"br_fdb_put_hook", words<1>, nullptr, since_2_4},
};

void tell(RowVisitor& visitor, const AtmDeviceRow& row) { visitor.block("a struct atm_dev", row.device); }
constexpr TableKind tables[] = {table<AtmDeviceRow, tell>("ATM devices")};

} // namespace

extern const Family linux_atmdev{
    .header = "linux/atmdev.h", .functions = functions, .data = data,
    .keeps = {.tables = tables}};

} // namespace retromod
