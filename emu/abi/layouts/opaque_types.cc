// SPDX-License-Identifier: GPL-2.0-or-later
// Types of which only the size is known: unions of register files, parts of sockets, quotas.
#include "emu/abi/layouts/tables.h"

namespace retromod::layouts {
namespace {

using enum LayoutVersion;

constexpr Opaque table[] = {
    {"struct nfs_lock_info", 8, {.until = v2_2_1}},
    {"struct nfs_lock_info", 12, {.since = v2_4_0, .arches = cpu::all_but(cpu::alpha)}},
    {"struct nfs_lock_info", 16, {.arches = cpu::alpha}},
    {"struct k_sigaction", 20, {.arches = cpu::all_but(cpu::alpha | cpu::mips | cpu::sparc)}},
    {"struct k_sigaction", 32, {.arches = cpu::alpha}},
    {"struct k_sigaction", 28, {.arches = cpu::mips}},
    {"struct k_sigaction", 24, {.arches = cpu::sparc}},
    {"struct tcp_opt", 316, {.until = v2_2_1}},
    {"struct tcp_opt", 420, {.since = v2_4_0, .until = v2_4_0, .locks = Locks::real}},
    {"struct tcp_opt", 420, {.since = v2_4_22, .until = v2_4_22, .locks = Locks::empty}},
    {"struct tcp_opt", 408, {.since = v2_4_0, .until = v2_4_0, .locks = Locks::empty}},
    {"struct tcp_opt", 424, {.vendor = Vendor::yes, .locks = Locks::real}},
    {"struct tcp_opt", 412, {.vendor = Vendor::yes, .locks = Locks::empty}},
    {"struct tcp_opt", 432, {.since = v2_4_22, .until = v2_4_22, .smp = Smp::yes}},
    {"struct tcp_opt", 428, {.since = v2_4_22, .until = v2_4_22, .smp = Smp::no, .gcc = Gcc::v2}},
    {"struct tcp_opt", 532, {.since = v2_4_37_11, .smp = Smp::yes}},
    {"struct tcp_opt", 528, {.since = v2_4_37_11, .smp = Smp::no, .gcc = Gcc::v2}},
    {"struct tcp_opt", 520, {.since = v2_4_37_11, .locks = Locks::empty, .arches = cpu::all_but(cpu::alpha | cpu::m68k)}},
    {"struct tcp_opt", 648, {.arches = cpu::alpha}},
    {"struct tcp_opt", 518, {.arches = cpu::m68k}},
    {"struct raw_opt", 4},
    {"struct unix_opt", 56, {.until = v2_2_1}},
    {"struct unix_opt", 64, {.since = v2_4_0, .smp = Smp::yes}},
    {"struct unix_opt", 64, {.since = v2_4_0, .until = v2_4_18_14, .smp = Smp::no, .gcc = Gcc::v2}},
    {"struct unix_opt", 52, {.since = v2_4_0, .locks = Locks::empty, .arches = cpu::all_but(cpu::alpha | cpu::mips | cpu::ppc)}},
    {"struct unix_opt", 60, {.since = v2_4_22, .smp = Smp::no, .gcc = Gcc::v2}},
    {"struct unix_opt", 96, {.arches = cpu::alpha}},
    {"struct unix_opt", 56, {.arches = cpu::mips}, 8},
    {"struct unix_opt", 48, {.arches = cpu::ppc}},
    {"union i387_union", 124, {.until = v2_2_1}},
    {"union i387_union", 512, {.since = v2_4_0}, 16},
    {"struct quota_mount_options", 52, {.until = v2_2_1}},
    {"struct quota_mount_options", 72, {.since = v2_4_0, .locks = Locks::real}},
    {"struct quota_mount_options", 64, {.since = v2_4_0, .locks = Locks::empty}},
    {"struct proto.stats", 32, {.arches = cpu::all_but(cpu::alpha | cpu::m68k)}},
    {"struct proto.stats", 64, {.arches = cpu::alpha}},
    {"struct proto.stats", 16, {.arches = cpu::m68k}},
    {"struct inet_opt", 36, {.arches = cpu::all_but(cpu::alpha)}},
    {"struct inet_opt", 48, {.arches = cpu::alpha}},
    {"per_cpu_t", 32},
    {"struct quota_info", 100, {.until = v2_4_18_14, .locks = Locks::real}},
    {"struct quota_info", 100, {.arches = cpu::ppc}},
    {"struct quota_info", 92, {.until = v2_4_18_14, .locks = Locks::empty}},
    {"struct quota_info", 116, {.since = v2_4_22, .locks = Locks::real}},
    {"struct quota_info",
     108,
     {.since = v2_4_22, .locks = Locks::empty, .arches = cpu::all_but(cpu::alpha | cpu::mips | cpu::ppc)}},
    {"struct quota_info", 152, {.arches = cpu::alpha}},
    {"struct quota_info", 112, {.arches = cpu::mips}, 8},
    {"union exception_fixup", 4},
    {"struct ipv6_pinfo", 128, {.arches = cpu::alpha}},
    {"struct ipv6_pinfo", 104, {.arches = cpu::arm}},
    {"struct ipv6_pinfo", 98, {.arches = cpu::m68k}},
    {"struct ipv6_pinfo", 100, {.arches = cpu::mips | cpu::ppc | cpu::sparc}},
    {"struct sctp_opt", 304, {.arches = cpu::alpha}},
    {"struct sctp_opt", 256, {.arches = cpu::all_but(cpu::alpha | cpu::m68k)}},
    {"struct sctp_opt", 250, {.arches = cpu::m68k}},
    {"struct raw6_opt", 40},
    {"struct atalk_sock", 8},
    {"struct ipx_opt", 32, {.arches = cpu::alpha}},
    {"struct ipx_opt", 24, {.arches = cpu::all_but(cpu::alpha | cpu::m68k)}},
    {"struct ipx_opt", 22, {.arches = cpu::m68k}},
    {"struct dn_scp", 528, {.arches = cpu::alpha}},
    {"struct dn_scp", 416, {.arches = cpu::arm}},
    {"struct dn_scp", 412, {.arches = cpu::all_but(cpu::alpha | cpu::arm)}},
    {"union fp_state", 140},
    {"struct debug_info", 20},
    {"union mips_fpu_union", 264, {}, 8},
    {"struct reg_window", 64},
    {"struct fpq", 8},
    {"struct exec", 32},
    {"mm_context_t", 0, {.arches = cpu::arm}, 4},
};

} // namespace

std::span<const Opaque> opaque_types() { return table; }

} // namespace retromod::layouts
