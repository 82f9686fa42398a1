// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/machine/machine.h"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace retromod {

constexpr std::uint32_t sector_bytes = 512;

/// A disk of the machine; fixed format. Its contents are those of a file of the host, apart from what the machine wrote.
struct DiskImageRow {
    static constexpr std::string_view table_name = "disk_images";
    static constexpr std::uint32_t table_capacity = 32;
    std::uint32_t used;
    std::uint32_t major, minor;
    std::uint32_t writes_through; ///< what the machine writes goes to the host's file with the commit; else it stays in the machine
    std::uint64_t bytes;          ///< of the image when it was added, rounded down to whole sectors
    char name[16];                ///< "hda": /dev/hda
    char path[4048];              ///< of the image on the host, absolute
};

/// A block that the machine wrote to a disk.
struct DiskDataRow {
    static constexpr std::string_view table_name = "disk_data";
    static constexpr std::uint32_t table_capacity = 2048; // 8 MB: what the room for tables allows
    std::uint32_t used;
    std::uint32_t reserved;
    std::array<std::byte, 4096> bytes;
};

/// Where the blocks of a part of a disk are that the machine wrote.
struct DiskMapRow {
    static constexpr std::string_view table_name = "disk_map";
    static constexpr std::uint32_t table_capacity = 256;
    static constexpr std::uint32_t blocks = 1000;
    std::uint32_t used;
    std::uint32_t disk; ///< row of DiskImageRow
    std::uint64_t part; ///< blocks from part * `blocks` on
    std::array<std::uint32_t, blocks> data; ///< row of DiskDataRow plus one; 0: not written
};

/// The images on the host behind the machine's disks. What the machine writes is rows of the machine: it is kept and lost with its
/// transactions.
class DiskImages {
public:
    static constexpr std::uint64_t block_bytes = std::tuple_size_v<decltype(DiskDataRow::bytes)>;

    explicit DiskImages(Machine& machine) : machine_(machine) {}

    /// Opens the images of all disks, as long as this process may open files. One that is not open answers reads with errors.
    void open_all();
    DiskImageRow* find(std::uint32_t major, std::uint32_t minor);
    DiskImageRow* find(std::string_view name);
    /// False: an error of the disk. `offset` in bytes; both in whole sectors.
    bool read(const DiskImageRow& disk, std::uint64_t offset, std::span<std::byte> into);
    bool write(const DiskImageRow& disk, std::uint64_t offset, std::span<const std::byte> from);
    /// Writes what the machine wrote to the disks that write through into their images, and forgets it. Errors of the host:
    /// std::system_error.
    void write_back();
    /// Forgets the disk and what was written to it.
    void remove(DiskImageRow& disk);

private:
    std::uint32_t* slot(std::uint32_t disk, std::uint64_t block, bool make);
    std::byte* written(std::uint32_t disk, std::uint64_t block);
    std::byte* fresh(const DiskImageRow& disk, std::uint64_t block, bool whole);
    void write_image(const DiskImageRow& disk, int descriptor);
    void forget(std::uint32_t disk);
    std::uint32_t number_of(const DiskImageRow& disk) { return machine_.table<DiskImageRow>().number_of(disk); }
    std::uint64_t bytes_in(const DiskImageRow& disk, std::uint64_t block) const;

    Machine& machine_;
};

} // namespace retromod
