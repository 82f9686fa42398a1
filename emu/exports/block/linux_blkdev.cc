// SPDX-License-Identifier: GPL-2.0-or-later
// linux/blkdev.h: block drivers announce their devices.
// Source: drivers/block/ll_rw_blk.c of 2.4.
#include "emu/exports/family.h"
#include "emu/kernel/guest_struct.h"

namespace retromod {
namespace {

constexpr std::uint64_t majors = 256; // MAX_BLKDEV + 1

GuestStruct queue_at(Kernel& kernel, GuestAddr at) { return {kernel, "struct request_queue", at}; }

void blk_queue_headactive(Kernel& kernel, GuestAddr at, std::int32_t active)
{
    queue_at(kernel, at).set_if_there("head_active", static_cast<std::uint8_t>(active));
}

std::int32_t no_answer(Kernel&, ULong) { return 0; }

/// 2.2: a disk's partitions are looked at again.
void resetup_one_dev(Kernel&, GuestAddr, std::int32_t) {}

constexpr auto v18 = from(LayoutVersion::v2_4_18_14);

constexpr Export functions[] = {
    init<blk_queue_headactive>("blk_queue_headactive", since_2_4),
    inert<no_answer>("invalidate_device", v18),
    inert<resetup_one_dev>("resetup_one_dev", only_2_2),
    inert<no_answer>("check_disk_change"),
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
