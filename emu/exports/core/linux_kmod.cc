// SPDX-License-Identifier: GPL-2.0-or-later
// linux/kmod.h. Source: kernel/kmod.c of 2.2 and 2.4.
#include "emu/exports/family.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/module_requests.h"

namespace retromod {
namespace {

Step request_module(Kernel& kernel, Frame& frame, GuestString name)
{
    if (frame.phase++) return Return{0};
    const auto asked = kernel.module_requests().ask(name.text);
    if (!asked) return Return{kernel.arch().word(static_cast<std::uint64_t>(std::int64_t{error_code(kernel, asked.error())}))};
    if (*asked) return **asked;
    return Return{0};
}

/// User space has no programs: the fork succeeds, the program does not start.
std::int32_t call_usermodehelper(Kernel&, const GuestString&, GuestAddr, GuestAddr) { return 0; }

constexpr Export functions[] = {
    full<request_module>("request_module"),
    full<request_module>("kc_request_module"),
    inert<call_usermodehelper>("call_usermodehelper", since_2_4),
};

constexpr DataExport data[] = {
    {"hotplug_path", [](Kernel&) -> std::uint64_t { return 256; },
     [](Kernel& kernel, GuestAddr at) { store_string(kernel, at, "/sbin/hotplug"); }, since_2_4},
};

} // namespace

extern const Family linux_kmod{.header = "linux/kmod.h", .functions = functions, .data = data};

} // namespace retromod
