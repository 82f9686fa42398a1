// SPDX-License-Identifier: GPL-2.0-or-later
// linux/genhd.h: the disks of block drivers, and /proc/partitions. Source: drivers/block/genhd.c, fs/partitions/check.c of 2.4.
#include "emu/exports/family.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/symbols.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace retromod {
namespace {

constexpr std::uint64_t majors = 256; // MAX_BLKDEV + 1

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

/// The disks, as the kernel's list has them: the newest first.
std::vector<GuestStruct> all_disks(Kernel& kernel)
{
    std::vector<GuestStruct> disks;
    if (const auto head = kernel.symbols().find_variable("gendisk_head")) {
        for (auto at = kernel.memory().load_pointer(*head); at && disks.size() < majors;) {
            disks.emplace_back(kernel, "struct gendisk", at);
            at = disks.back().pointer("next");
        }
        return disks;
    }
    for (const auto& row : kernel.machine().table<DiskRow>()) disks.emplace_back(kernel, "struct gendisk", GuestAddr{row.disk});
    std::ranges::reverse(disks);
    return disks;
}

/// disk_name: "sda1", "hdc", "md0".
std::string disk_name(const GuestStruct& disk, std::uint32_t minor)
{
    constexpr std::array<std::uint32_t, 10> ide_majors = {3, 22, 33, 34, 56, 57, 88, 89, 90, 91};
    constexpr std::uint32_t md_major = 9, first_scsi_major = 65, last_scsi_major = 71, per_scsi_major = 16, letters = 26;
    const auto major = static_cast<std::uint32_t>(disk.get("major"));
    const auto shift = static_cast<std::uint32_t>(disk.get("minor_shift")) & 31;
    auto unit = minor >> shift;
    const auto part = minor & ((1u << shift) - 1);
    auto name = disk.string("major_name");
    if (major == md_major) return fmt::format("{}{}", name, unit);
    const auto* ide = std::ranges::find(ide_majors, major);
    if (ide != ide_majors.end()) {
        name = "hd";
        unit += 2 * static_cast<std::uint32_t>(ide - ide_majors.begin());
    }
    if (major >= first_scsi_major && major <= last_scsi_major) unit += (major - first_scsi_major + 1) * per_scsi_major;
    if (unit >= letters) name += static_cast<char>('a' + (unit / letters - 1) % letters);
    name += static_cast<char>('a' + unit % letters);
    return part ? fmt::format("{}{}", name, part) : name;
}

/// What Red Hat's kernels count of each partition; there the times are 0, and nothing else is counted here either.
constexpr std::array<std::string_view, 11> counters = {
    "rd_ios",     "rd_merges", "rd_sectors",    "rd_ticks", "wr_ios", "wr_merges",
    "wr_sectors", "wr_ticks",  "ios_in_flight", "io_ticks", "aveq"};

std::string partitions_text(Kernel& kernel)
{
    constexpr std::size_t most_bytes = 1 << 20;
    const bool counts = kernel.layouts().has("struct hd_struct", "rd_ios");
    std::string text = "major minor  #blocks  name";
    if (counts) text += "     rio rmerge rsect ruse wio wmerge wsect wuse running use aveq";
    text += "\n\n";
    for (const auto& disk : all_disks(kernel)) {
        const auto minors = std::min<std::uint64_t>(disk.get("nr_real") << (disk.get("minor_shift") & 31), majors);
        const auto part_bytes = kernel.layouts().size("struct hd_struct");
        for (std::uint32_t minor = 0; minor < minors && text.size() < most_bytes; ++minor) {
            const GuestStruct part(kernel, "struct hd_struct", disk.pointer("part") + minor * part_bytes);
            if (!part.get("nr_sects")) continue;
            const auto sizes = disk.pointer("sizes");
            const auto blocks = sizes ? kernel.memory().load<std::int32_t>(sizes + minor * 4) : 0;
            text += fmt::format("{:4}  {:4} {:10} {}", disk.get("major"), minor, blocks, disk_name(disk, minor));
            for (std::size_t i = 0; counts && i < counters.size(); ++i) text += fmt::format(" {}", part.get(counters[i]));
            text += '\n';
        }
    }
    return text;
}

constexpr auto v18 = from(LayoutVersion::v2_4_18_14);

constexpr Export functions[] = {
    init<add_gendisk>("add_gendisk", v18),
    full<del_gendisk>("del_gendisk", v18),
    full<get_gendisk>("get_gendisk", v18),
};

constexpr DataExport data[] = {
    {"gendisk_head", [](Kernel& kernel) -> std::uint64_t { return kernel.arch().word_bytes; }, nullptr,
     until(LayoutVersion::v2_4_0)},
    {"gendisk_head", [](Kernel& kernel) -> std::uint64_t { return kernel.arch().word_bytes; }, nullptr,
     from(LayoutVersion::v2_4_22)},
};

void tell(RowVisitor& visitor, const DiskRow& row) { visitor.pointer("a struct gendisk", row.disk); }
constexpr TableKind tables[] = {table<DiskRow, tell>("/proc/partitions")};
constexpr ProcFile proc_files[] = {proc_file<partitions_text>("/proc/partitions")};

} // namespace

extern const Family linux_genhd{
    .header = "linux/genhd.h", .functions = functions, .data = data, .keeps = {.proc_files = proc_files, .tables = tables}};

} // namespace retromod
