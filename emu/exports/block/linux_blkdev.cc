// SPDX-License-Identifier: GPL-2.0-or-later
// linux/blkdev.h: block drivers announce their devices.
// Source: drivers/block/ll_rw_blk.c of 2.4.
#include "emu/exports/family.h"
#include "emu/kernel/devices.h"
#include "emu/kernel/guest_struct.h"

namespace retromod {
namespace {

constexpr std::uint64_t majors = 256; // MAX_BLKDEV + 1

GuestStruct queue_at(Kernel& kernel, GuestAddr at) { return {kernel, "struct request_queue", at}; }

void blk_queue_headactive(Kernel& kernel, GuestAddr at, std::int32_t active)
{
    queue_at(kernel, at).set_if_there("head_active", static_cast<std::uint8_t>(active));
}

/// A function of a block driver's operations, which 2.2 keeps in struct file_operations; NULL when it has none.
GuestAddr driver_function(Kernel& kernel, std::uint32_t device, std::string_view member)
{
    const auto* row = find_major(kernel, DeviceKind::block, device >> 8 & 0xff);
    if (!row || !row->operations) return {};
    constexpr std::string_view type = "struct block_device_operations";
    return GuestStruct(kernel, kernel.layouts().has(type) ? type : "struct file_operations", {row->operations}).pointer(member);
}

/// Asks the driver whether the medium was changed, and lets the driver look at the new one. Differs from the kernel: what is cached
/// of the
/// old one stays. Source: fs/block_dev.c of 2.4.
Step check_disk_change(Kernel& kernel, Frame& frame, std::uint32_t device)
{
    enum Phase : std::uint32_t { entered, asked, told };
    if (frame.phase == entered) {
        const auto function = driver_function(kernel, device, "check_media_change");
        if (!function) return Return{};
        frame.phase = asked;
        return CallGuest{function, {device}, 1, "check_media_change"};
    }
    if (frame.phase == told) return Return{1};
    if (!static_cast<std::int32_t>(frame.result)) return Return{};
    const auto function = driver_function(kernel, device, "revalidate");
    if (!function) return Return{1};
    frame.phase = told;
    return CallGuest{function, {device}, 1, "revalidate"};
}

std::int32_t no_answer(Kernel&, ULong) { return 0; }

/// 2.2: a disk's partitions are looked at again.
void resetup_one_dev(Kernel&, GuestAddr, std::int32_t) {}

constexpr auto v18 = from(LayoutVersion::v2_4_18_14);

constexpr Export functions[] = {
    init<blk_queue_headactive>("blk_queue_headactive", since_2_4),
    inert<no_answer>("invalidate_device", v18),
    inert<resetup_one_dev>("resetup_one_dev", only_2_2),
    init<check_disk_change>("check_disk_change"),
    inert<no_answer>("set_blocksize", only_2_2),
    inert<no_answer>("fsync_dev", only_2_2),
};

template <std::uint64_t bytes>
std::uint64_t per_major(Kernel&) { return majors * bytes; }
std::uint64_t pointer_per_major(Kernel& kernel) { return majors * kernel.arch().word_bytes; }

constexpr DataExport data[] = {
    {"blk_dev", [](Kernel& kernel) -> std::uint64_t { return majors * kernel.layouts().size("struct blk_dev_struct"); }},
    {"blk_size", pointer_per_major},
    {"blksize_size", pointer_per_major},
    {"hardsect_size", pointer_per_major},
    {"max_readahead", pointer_per_major},
    {"max_sectors", pointer_per_major},
    {"read_ahead", per_major<4>},
    {"ROOT_DEV", [](Kernel&) -> std::uint64_t { return 4; }},
};

} // namespace

extern const Family linux_blkdev{.header = "linux/blkdev.h", .functions = functions, .data = data};

} // namespace retromod
