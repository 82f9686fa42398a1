// SPDX-License-Identifier: GPL-2.0-or-later
// linux/blk.h, linux/blkdev.h: requests that drivers end, and what they ask of their devices.
// Source: drivers/block/{ll_rw_blk,blkpg}.c of 2.2 and 2.4.
#include "emu/exports/answers.h"
#include "emu/exports/core/wait_queue.h"
#include "emu/kernel/guest_list.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/log.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/user_access.h"

#include <fmt/format.h>

#include <limits>

namespace retromod {
namespace {

constexpr auto v18 = from(LayoutVersion::v2_4_18_14);

GuestStruct request_at(Kernel& kernel, GuestAddr at) { return {kernel, "struct request", at}; }

/// The buffer that failed is passed over: the request goes on behind its sectors, counted in whole buffers.
void pass_over(GuestStruct& request, std::uint64_t sectors)
{
    request.set("nr_sectors", request.get("nr_sectors") - 1 & ~(sectors - 1));
    request.set("sector", request.get("sector") + sectors & ~(sectors - 1));
}

/// 2.2: ends the first buffer of a request; 1 while others are left.
Step end_that_request_first(Kernel& kernel, Frame& frame, GuestAddr at, std::int32_t uptodate, GuestString name)
{
    auto request = request_at(kernel, at);
    const auto buffer = GuestStruct(kernel, "struct buffer_head", request.pointer("bh"));
    if (!frame.phase++) {
        request.set("errors", std::uint64_t{0});
        if (!uptodate) {
            const auto device = request.get("rq_dev");
            kernel.log().write(fmt::format("end_request: I/O error, dev {:02x}:{:02x} ({}), sector {}\n", device >> 8,
                                           device & 0xff, name.text, request.get("sector")));
        }
        const auto first = request.pointer("bh");
        if (!first) return Return{0};
        if (!uptodate) pass_over(request, buffer.get("b_size") >> 9);
        request.set("bh", buffer.get("b_reqnext"));
        GuestStruct(kernel, "struct buffer_head", first).set("b_reqnext", std::uint64_t{0});
        return CallGuest{buffer.pointer("b_end_io"), {first.value, static_cast<std::uint32_t>(uptodate)}, 2, "b_end_io"};
    }
    if (!request.pointer("bh")) return Return{0};
    const auto sectors = buffer.get("b_size") >> 9;
    request.set("current_nr_sectors", sectors);
    if (request.get("nr_sectors") < sectors) {
        request.set("nr_sectors", sectors);
        kernel.log().write("end_request: buffer-list destroyed\n");
    }
    request.set("buffer", buffer.get("b_data"));
    return Return{1};
}

/// 2.2: who waits for the request goes on. Nobody waits for a free one here.
void end_that_request_last(Kernel& kernel, GuestAddr at)
{
    auto request = request_at(kernel, at);
    if (const auto semaphore = request.pointer("sem")) up(kernel, semaphore);
    request.set("rq_status", static_cast<std::uint32_t>(-1)); // RQ_INACTIVE
}

/// Up to which bus address the device reaches; spoken of for debugging unless it is all of low memory.
void blk_queue_bounce_limit(Kernel& kernel, GuestAddr at, std::uint64_t limit)
{
    const auto high = kernel.memory().total_pages() * kernel.arch().page_bytes; // BLK_BOUNCE_HIGH: blk_max_low_pfn << PAGE_SHIFT
    if (limit != high)
        kernel.log().write(limit == std::numeric_limits<std::uint64_t>::max()
                       ? fmt::format("blk: queue {:08x}, no I/O memory limit\n", at.value)
                       : fmt::format("blk: queue {:08x}, I/O limit {}Mb (mask 0x{:x})\n", at.value, limit >> 20, limit));
    GuestStruct(kernel, "struct request_queue", at).set_if_there("bounce_pfn", limit / kernel.arch().page_bytes & 0xffffffff);
}

// --- what a device allows ---------------------------------------------------------------------------------------------

/// Block devices that are read-only; fixed format.
struct ReadOnlyRow {
    static constexpr std::string_view table_name = "read_only_devices";
    static constexpr std::uint32_t table_capacity = 1024;
    std::uint32_t used;
    std::uint32_t device;
};

ReadOnlyRow* read_only_row(Kernel& kernel, std::uint32_t device)
{
    return kernel.machine().table<ReadOnlyRow>().find_if([&](const ReadOnlyRow& r) { return r.device == (device & 0xffff); });
}
std::int32_t is_read_only(Kernel& kernel, std::uint32_t device) { return read_only_row(kernel, device) != nullptr; }
void set_device_ro(Kernel& kernel, std::uint32_t device, std::int32_t on)
{
    auto rows = kernel.machine().table<ReadOnlyRow>();
    auto* row = read_only_row(kernel, device);
    if (row && !on) rows.erase(*row);
    if (row || !on) return;
    if (auto* fresh = rows.insert()) fresh->device = device & 0xffff;
}

/// That sectors under way are to be counted: no request goes under way here.
void blk_queue_throttle_sectors(Kernel&, GuestAddr, std::int32_t) {}

constexpr Export functions[] = {
    init<blk_queue_throttle_sectors>("blk_queue_throttle_sectors", from(LayoutVersion::v2_4_22)),
    full<end_that_request_first>("end_that_request_first", only_2_2),
    full<end_that_request_last>("end_that_request_last", only_2_2),
    init<blk_queue_bounce_limit>("blk_queue_bounce_limit", v18),
    full<is_read_only>("is_read_only", only_2_2),
    full<set_device_ro>("set_device_ro", only_2_2),
    inert<do_nothing<GuestAddr>>("req_finished_io", v18),
    inert<answer<1, GuestAddr, GuestAddr, GuestAddr>>("blk_seg_merge_ok", v18),
};

constexpr DataExport data[] = {
    {"blk_max_low_pfn", words<1>,
     [](Kernel& kernel, GuestAddr at) { kernel.memory().store_word(at, kernel.memory().total_pages()); },
     from(LayoutVersion::v2_4_18_14)},
    {"blk_nohighio", fixed_bytes<4>, nullptr, from(LayoutVersion::v2_4_18_14)},
    {"blkdev_varyio", fixed_bytes<256>, nullptr, Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}},
    {"io_request_lock", fixed_bytes<4>},
};

constexpr TableKind tables[] = {table<ReadOnlyRow>()};

} // namespace

extern const Family linux_blkdev_requests{
    .header = "linux/blk.h", .functions = functions, .data = data,
    .keeps = {.tables = tables}};

} // namespace retromod
