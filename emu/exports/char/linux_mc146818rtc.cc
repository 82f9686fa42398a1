// SPDX-License-Identifier: GPL-2.0-or-later
// linux/mc146818rtc.h: /proc/driver/rtc (2.2: /proc/rtc) of kernels that have the clock's driver built in.
// Source: rtc_proc_output of drivers/char/rtc.c, 2.4; get_rtc_status of 2.2.
#include "emu/exports/family.h"
#include "emu/kernel/devices.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/machine_ports.h"

#include <fmt/format.h>

namespace retromod {
namespace {

constexpr std::uint32_t rtc_minor = 135;

/// The kernel's own driver, not a module's.
bool has_rtc(Kernel& kernel)
{
    const auto device = find_misc(kernel, rtc_minor);
    return device && !GuestStruct(kernel, "struct miscdevice", device).pointer("fops");
}
bool has_rtc_2_2(Kernel& kernel) { return kernel.machine().release().exports < LayoutVersion::v2_4_0 && has_rtc(kernel); }

std::string rtc_text(Kernel& kernel)
{
    enum Register : std::uint8_t { seconds, alarm_seconds, minutes, alarm_minutes, hours, alarm_hours };
    enum MoreRegisters : std::uint8_t { day = 7, month, year, control = 11, valid = 13 };
    enum Bit : unsigned { daylight_saving = 1, all_hours = 2, binary = 4, square_wave = 8 };
    enum MoreBits : unsigned { update = 16, alarm = 32, periodic = 64, battery = 128 };
    const auto value = [&](std::uint8_t which) {
        const auto coded = cmos_register(kernel, which);
        return (coded >> 4) * 10 + (coded & 15);
    };
    const auto bits = cmos_register(kernel, control);
    const auto yes = [&](unsigned bit) { return bits & bit ? "yes" : "no"; };
    const auto century = value(year) <= 69 ? 2000 : 1900;
    auto text = fmt::format("rtc_time\t: {:02}:{:02}:{:02}\n", value(hours), value(minutes), value(seconds));
    text += fmt::format("rtc_date\t: {:04}-{:02}-{:02}\nrtc_epoch\t: 1900\n", century + value(year), value(month), value(day));
    text += fmt::format("alarm\t\t: {:02}:{:02}:{:02}\n", value(alarm_hours), value(alarm_minutes), value(alarm_seconds));
    text += fmt::format("DST_enable\t: {}\nBCD\t\t: {}\n24hr\t\t: {}\nsquare_wave\t: {}\n", yes(daylight_saving),
                        bits & binary ? "no" : "yes", yes(all_hours), yes(square_wave));
    text += fmt::format("alarm_IRQ\t: {}\nupdate_IRQ\t: {}\nperiodic_IRQ\t: {}\n", yes(alarm), yes(update), yes(periodic));
    text += fmt::format("periodic_freq\t: 1024\nbatt_status\t: {}\n", cmos_register(kernel, valid) & battery ? "okay" : "dead");
    return text;
}

constexpr ProcFile proc_files[] = {proc_file<rtc_text>("/proc/driver/rtc", LayoutVersion::v2_4_0, has_rtc),
                                   proc_file<rtc_text>("/proc/rtc", oldest_layouts, has_rtc_2_2)};

} // namespace

extern const Family linux_mc146818rtc{.header = "linux/mc146818rtc.h", .keeps = {.proc_files = proc_files}};

} // namespace retromod
