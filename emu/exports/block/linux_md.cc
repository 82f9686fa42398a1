// SPDX-License-Identifier: GPL-2.0-or-later
// linux/raid/md.h: the arrays that RAID personalities work for. None is ever started. Source: drivers/md/md.c of 2.4.
#include "emu/exports/answers.h"
#include "emu/kernel/devices.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/log.h"

#include <fmt/format.h>

namespace retromod {
namespace {

/// Personalities by number; fixed format.
struct PersonalityRow {
    static constexpr std::string_view table_name = "md_personalities";
    static constexpr std::uint32_t table_capacity = 8; // MAX_PERSONALITY
    std::uint32_t used;
    std::uint32_t number;
    std::uint64_t object; ///< mdk_personality_t {name, ...}
};

PersonalityRow* find_personality(Kernel& kernel, std::int32_t number)
{
    return kernel.machine().table<PersonalityRow>().find_if(
        [&](const PersonalityRow& r) { return r.number == static_cast<std::uint32_t>(number); });
}
std::string name_of(Kernel& kernel, std::uint64_t object)
{
    return kernel.memory().load_string(kernel.memory().load_pointer({object}));
}

std::int32_t register_md_personality(Kernel& kernel, std::int32_t number, GuestAddr object)
{
    if (number < 0 || number >= static_cast<std::int32_t>(PersonalityRow::table_capacity)) return error_code(kernel, Errno::einval);
    auto* row = find_personality(kernel, number) ? nullptr : kernel.machine().table<PersonalityRow>().insert();
    if (!row) return error_code(kernel, Errno::ebusy);
    *row = {1, static_cast<std::uint32_t>(number), object.value};
    kernel.log().write(fmt::format("<6>md: {} personality registered as nr {}\n", name_of(kernel, object.value), number));
    return 0;
}

/// One that is not there is followed all the same, as a NULL pointer.
std::int32_t unregister_md_personality(Kernel& kernel, std::int32_t number)
{
    if (number < 0 || number >= static_cast<std::int32_t>(PersonalityRow::table_capacity)) return error_code(kernel, Errno::einval);
    auto* row = find_personality(kernel, number);
    kernel.log().write(fmt::format("<6>md: {} personality unregistered\n", name_of(kernel, row ? row->object : 0)));
    kernel.machine().table<PersonalityRow>().erase(*row);
    return 0;
}

constexpr std::uint32_t md_major = 9;
bool has_md(Kernel& kernel)
{
    const auto* row = find_major(kernel, DeviceKind::block, md_major);
    return row && !row->operations;
}

/// md_status_read_proc of a kernel none of whose arrays runs.
std::string mdstat_text(Kernel& kernel)
{
    std::string text = "Personalities : ";
    for (std::uint32_t number = 0; number < PersonalityRow::table_capacity; ++number)
        if (const auto* row = find_personality(kernel, static_cast<std::int32_t>(number)))
            text += fmt::format("[{}] ", name_of(kernel, row->object));
    return text + "\nread_ahead not set\nunused devices: <none>\n";
}

constexpr Export functions[] = {
    init<register_md_personality>("register_md_personality", until(LayoutVersion::v2_4_18_14)),
    full<unregister_md_personality>("unregister_md_personality", until(LayoutVersion::v2_4_18_14)),
    inert<no_object<GuestAddr, std::uint32_t>>("find_rdev_nr", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<no_object<GuestAddr>>("get_spare", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<answer<0, GuestAddr>>("md_check_ordering", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<answer<0, GuestAddr, GuestAddr>>("md_do_sync", until(LayoutVersion::v2_4_18_14)),
    inert<do_nothing<GuestAddr, std::int32_t, std::int32_t>>("md_done_sync",
                                                             Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<answer<0, GuestAddr, std::uint32_t>>("md_error", until(LayoutVersion::v2_4_18_14)),
    inert<do_nothing<GuestAddr>>("md_interrupt_thread", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<do_nothing<GuestAddr>>("md_wakeup_thread", until(LayoutVersion::v2_4_18_14)),
    inert<do_nothing<GuestAddr>>("md_unregister_thread", until(LayoutVersion::v2_4_18_14)),
    inert<do_nothing<>>("md_print_devices", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<do_nothing<>>("md_recover_arrays", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<do_nothing<std::uint32_t, ULong>>("md_sync_acct", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<answer<0, GuestAddr>>("md_update_sb", until(LayoutVersion::v2_4_18_14)),
    inert<no_object<std::uint32_t>>("partition_name", until(LayoutVersion::v2_4_18_14)),
};

constexpr DataExport data[] = {
    {"md_size", words<256>, nullptr, until(LayoutVersion::v2_4_18_14)},
};

void tell(RowVisitor& visitor, const PersonalityRow& row) { visitor.pointer("an mdk_personality_t", row.object); }
constexpr TableKind tables[] = {table<PersonalityRow, tell>("RAID personalities")};
constexpr ProcFile proc_files[] = {
    proc_file<mdstat_text>("/proc/mdstat", LayoutVersion::v2_4_0, has_md)};

} // namespace

extern const Family linux_md{
    .header = "linux/raid/md.h", .functions = functions, .data = data,
    .keeps = {.proc_files = proc_files, .tables = tables}};

} // namespace retromod
