// SPDX-License-Identifier: GPL-2.0-or-later
// linux/wireless.h and net/iw_handler.h: events and spying of wireless devices. No frame comes.
// Source: net/core/wireless.c of 2.4.27.
#include "emu/exports/answers.h"
#include "emu/kernel/export_choice.h"

namespace retromod {
namespace {

constexpr Export functions[] = {
    init<do_nothing<GuestAddr, std::uint32_t, GuestAddr, GuestString>>("wireless_send_event", from(LayoutVersion::v2_4_22)),
    init<do_nothing<GuestAddr, GuestAddr, GuestAddr>>("wireless_spy_update", from(LayoutVersion::v2_4_37_11)),
    inert<refuse<Errno::eopnotsupp, GuestAddr, GuestAddr, GuestAddr, GuestAddr>>(
        "iw_handler_set_spy", from(LayoutVersion::v2_4_37_11)),
    inert<refuse<Errno::eopnotsupp, GuestAddr, GuestAddr, GuestAddr, GuestAddr>>(
        "iw_handler_get_spy", from(LayoutVersion::v2_4_37_11)),
    inert<refuse<Errno::eopnotsupp, GuestAddr, GuestAddr, GuestAddr, GuestAddr>>(
        "iw_handler_set_thrspy", from(LayoutVersion::v2_4_37_11)),
    inert<refuse<Errno::eopnotsupp, GuestAddr, GuestAddr, GuestAddr, GuestAddr>>(
        "iw_handler_get_thrspy", from(LayoutVersion::v2_4_37_11)),
};

} // namespace

extern const Family linux_wireless{.header = "linux/wireless.h, net/iw_handler.h", .functions = functions};

} // namespace retromod
