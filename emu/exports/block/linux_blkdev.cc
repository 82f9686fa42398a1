// SPDX-License-Identifier: GPL-2.0-or-later
// linux/blkdev.h and linux/genhd.h: block drivers announce their devices; no request is made of them.
// Source: drivers/block/ll_rw_blk.c, drivers/block/genhd.c of 2.4.
#include "emu/exports/family.h"
#include "emu/kernel/guest_list.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/symbols.h"

namespace retromod {
namespace {

constexpr std::uint64_t majors = 256; // MAX_BLKDEV + 1

GuestStruct queue_at(Kernel& kernel, GuestAddr at) { return {kernel, "struct request_queue", at}; }

void blk_queue_headactive(Kernel& kernel, GuestAddr at, std::int32_t active)
{
    queue_at(kernel, at).set_if_there("head_active", static_cast<std::uint8_t>(active));
}

/// struct gendisk's on the kernel's list; fixed format.
struct DiskRow {
    static constexpr std::string_view table_name = "disks";
    static constexpr std::uint32_t table_capacity = 256;
    std::uint32_t used;
    std::uint32_t reserved;
    std::uint64_t disk;
};

/// Where the kernel's list points to that disk, or its end. A list of more disks than there are majors is none.
std::optional<GuestAddr> link_to(Kernel& kernel, GuestAddr disk)
{
    auto link = kernel.symbols().find_variable("gendisk_head");
    for (unsigned seen = 0; link && seen < majors; ++seen) {
        const auto at = kernel.memory().load_pointer(*link);
        if (!at || at == disk) return link;
        link = GuestStruct(kernel, "struct gendisk", at).address("next");
    }
    return std::nullopt;
}

// Source: drivers/block/genhd.c: new ones come first, and none twice.
void add_gendisk(Kernel& kernel, GuestAddr disk)
{
    const auto link = link_to(kernel, disk);
    if (link && kernel.memory().load_pointer(*link) == disk) return;
    if (link) {
        const auto head = kernel.symbols().variable("gendisk_head");
        GuestStruct(kernel, "struct gendisk", disk).set("next", kernel.memory().load_pointer(head));
        kernel.memory().store_word(head, disk.value);
    }
    if (auto* row = kernel.machine().table<DiskRow>().insert()) row->disk = disk.value;
}
void del_gendisk(Kernel& kernel, GuestAddr disk)
{
    const auto link = link_to(kernel, disk);
    if (link && kernel.memory().load_pointer(*link) == disk)
        kernel.memory().store_word(*link, GuestStruct(kernel, "struct gendisk", disk).pointer("next").value);
    auto rows = kernel.machine().table<DiskRow>();
    if (auto* row = rows.find_if([&](const DiskRow& r) { return r.disk == disk.value; })) rows.erase(*row);
}
GuestAddr get_gendisk(Kernel& kernel, std::uint32_t device)
{
    for (const auto& row : kernel.machine().table<DiskRow>())
        if (GuestStruct(kernel, "struct gendisk", {row.disk}).get("major") == (device >> 8 & 0xff)) return {row.disk};
    return {};
}

std::int32_t no_answer(Kernel&, ULong) { return 0; }

/// 2.2: a disk's partitions are looked at again.
void resetup_one_dev(Kernel&, GuestAddr, std::int32_t) {}

constexpr auto v18 = from(LayoutVersion::v2_4_18_14);

constexpr Export functions[] = {
    init<blk_queue_headactive>("blk_queue_headactive", since_2_4),
    init<add_gendisk>("add_gendisk", v18),
    full<del_gendisk>("del_gendisk", v18),
    full<get_gendisk>("get_gendisk", v18),
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
    {"gendisk_head", [](Kernel& kernel) -> std::uint64_t { return kernel.arch().word_bytes; }, nullptr,
     until(LayoutVersion::v2_4_0)},
    {"gendisk_head", [](Kernel& kernel) -> std::uint64_t { return kernel.arch().word_bytes; }, nullptr,
     from(LayoutVersion::v2_4_22)},
    {"ROOT_DEV", [](Kernel&) -> std::uint64_t { return 4; }},
};

void tell(RowVisitor& visitor, const DiskRow& row) { visitor.pointer("a struct gendisk", row.disk); }
constexpr TableKind tables[] = {table<DiskRow, tell>("/proc/partitions")};

} // namespace

extern const Family linux_blkdev{
    .header = "linux/blkdev.h", .functions = functions, .data = data,
    .keeps = {.tables = tables}};

} // namespace retromod
