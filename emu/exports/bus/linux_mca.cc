// SPDX-License-Identifier: GPL-2.0-or-later
// linux/mca.h: the machine has no Micro Channel, so a kernel that knows of it finds no adapter. Source:
// arch/i386/kernel/mca.c of 2.4, with mca_info NULL.
#include "emu/exports/answers.h"

namespace retromod {
namespace {

constexpr std::int32_t not_found = -1; // MCA_NOTFOUND

constexpr Export functions[] = {
    full<answer<not_found, std::int32_t, std::int32_t>>("mca_find_adapter", {}, "i386"),
    full<answer<not_found, std::int32_t, std::int32_t>>("mca_find_unused_adapter", {}, "i386"),
    full<answer<0, std::int32_t, std::int32_t>>("mca_read_stored_pos", {}, "i386"),
    full<answer<0, std::int32_t, std::int32_t>>("mca_read_pos", {}, "i386"),
    full<do_nothing<std::int32_t, std::int32_t, std::uint32_t>>("mca_write_pos", {}, "i386"),
    full<do_nothing<std::int32_t, GuestAddr>>("mca_set_adapter_name", {}, "i386"),
    full<do_nothing<std::int32_t, GuestAddr, GuestAddr>>("mca_set_adapter_procfn", {}, "i386"),
    full<no_object<std::int32_t>>("mca_get_adapter_name", {}, "i386"),
    full<answer<0, std::int32_t>>("mca_isadapter", {}, "i386"),
    full<answer<0, std::int32_t>>("mca_isenabled", {}, "i386"),
    // Of an adapter that was found: never called.
    inert<answer<0, std::int32_t>>("mca_is_adapter_used", since_2_4, "i386"),
    inert<answer<0, std::int32_t>>("mca_mark_as_used", {}, "i386"),
    inert<do_nothing<std::int32_t>>("mca_mark_as_unused", {}, "i386"),
};

} // namespace

extern const Family linux_mca{.header = "linux/mca.h", .functions = functions};

} // namespace retromod
