// SPDX-License-Identifier: GPL-2.0-or-later
// linux/atmdev.h and linux/atm.h from 2.4.25 on: connections of the whole machine, and hooks that modules take by a call.
// Source: net/atm/{common,pppoatm,br2684,lec,mpc}.c of 2.4.27.
#include "emu/exports/answers.h"
#include "emu/kernel/export_choice.h"

namespace retromod {
namespace {

constexpr Export functions[] = {
    init<do_nothing<GuestAddr>>("vcc_insert_socket", from(LayoutVersion::v2_4_37_11)),
    init<do_nothing<GuestAddr>>("vcc_remove_socket", from(LayoutVersion::v2_4_37_11)),
    inert<do_nothing<GuestAddr, std::int32_t>>("vcc_release_async", from(LayoutVersion::v2_4_37_11)),
    init<do_nothing<GuestAddr>>("atm_mpoa_ops_set", from(LayoutVersion::v2_4_37_11)),
    init<do_nothing<GuestAddr>>("atm_lane_ops_set", from(LayoutVersion::v2_4_37_11)),
    inert<answer<0>>("try_atm_lane_ops", from(LayoutVersion::v2_4_37_11)),
    inert<answer<0>>("try_atm_mpoa_ops", from(LayoutVersion::v2_4_37_11)),
    init<do_nothing<GuestAddr>>("br2684_ioctl_set", from(LayoutVersion::v2_4_37_11)),
    init<do_nothing<GuestAddr>>("pppoatm_ioctl_set", from(LayoutVersion::v2_4_37_11)),
};

constexpr DataExport data[] = {
    {"vcc_sklist", words<1>, nullptr, from(LayoutVersion::v2_4_37_11)},
    {"vcc_sklist_lock", fixed_bytes<8>, nullptr, from(LayoutVersion::v2_4_37_11)},
};

} // namespace

extern const Family linux_atm_hooks{.header = "linux/atmdev.h from 2.4.25 on", .functions = functions, .data = data};

} // namespace retromod
