// SPDX-License-Identifier: GPL-2.0-or-later
// Block devices and their requests in 2.4: the code is the core's in the guest (images/core).
#include "emu/abi/event_sink.h"
#include "emu/exports/core_row.h"

namespace retromod {
namespace {

constexpr Export functions[] = {
    core<void(std::int32_t, GuestAddr)>("generic_make_request", Grade::full, since_2_4),
    core<void(std::int32_t, GuestAddr)>("submit_bh", Grade::full, since_2_4),
    core<void(std::int32_t, std::int32_t, GuestAddr)>("ll_rw_block", Grade::full, since_2_4),
    core<GuestAddr(std::uint32_t)>("bdget", Grade::full, since_2_4),
    core<void(GuestAddr)>("bdput", Grade::full, since_2_4),
    core<std::int32_t(GuestAddr, std::uint32_t, std::uint32_t, std::int32_t)>("blkdev_get", Grade::full, since_2_4),
    core<std::int32_t(GuestAddr, std::int32_t)>("blkdev_put", Grade::full, since_2_4),
    core<void(GuestAddr, std::int32_t)>("invalidate_bdev", Grade::full, from(LayoutVersion::v2_4_18_14)),
    core<std::int32_t(std::uint32_t)>("fsync_no_super", Grade::full, from(LayoutVersion::v2_4_18_14)),
    core<std::int32_t(std::uint32_t)>("fsync_dev", Grade::full, since_2_4),
    core<std::int32_t(std::uint32_t, std::int32_t)>("set_blocksize", Grade::full, since_2_4),
    core<void(GuestAddr, GuestFunction)>("blk_init_queue", Grade::full, since_2_4),
    core<void(GuestAddr)>("blk_cleanup_queue", Grade::full, since_2_4),
    core<void(GuestAddr, GuestFunction)>("blk_queue_make_request", Grade::full, since_2_4),
    core<GuestAddr(std::uint32_t)>("blk_get_queue", Grade::full, since_2_4),
    core<void(GuestAddr)>("generic_unplug_device", Grade::full, from(LayoutVersion::v2_4_18_14)),
    core<std::int32_t(GuestAddr, std::int32_t, GuestString)>("end_that_request_first", Grade::full, since_2_4),
    core<void(GuestAddr)>("end_that_request_last", Grade::full, since_2_4),
    core<void(GuestAddr)>("blkdev_release_request", Grade::full, since_2_4),
    core<std::int32_t(std::uint32_t)>("is_read_only", Grade::full, since_2_4),
    core<void(std::uint32_t, std::int32_t)>("set_device_ro", Grade::full, since_2_4),
    core<void(GuestAddr, std::uint32_t, std::uint32_t, GuestAddr, Long)>("register_disk", Grade::full, since_2_4),
    core<void(GuestAddr, std::int32_t, std::uint32_t, Long)>("grok_partitions", Grade::full, since_2_4),
    core<std::int32_t(std::uint32_t, std::uint32_t, ULong)>("blk_ioctl", Grade::full, since_2_4),
};

} // namespace

extern const Family core_block{.header = "linux/blkdev.h of 2.4", .functions = functions};

} // namespace retromod
