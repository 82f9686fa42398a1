// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/layout_set.h"
#include "emu/machine/table.h"
#include "emu/memory/address_space.h"

#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>

namespace retromod {

/// What a machine is made with.
struct MachineOptions {
    const Arch* arch = &i386();
    const Release* release = find_release("2.4.20");
    bool smp = false;
    Compiler compiler = Compiler::gcc_3;
    bool highmem = false;                       ///< the kernel is built with CONFIG_HIGHMEM
    std::uint64_t memory_bytes = 128 << 20;
    std::optional<GuestAddr> vmalloc_start = {};   ///< default: as the release computes it from the memory
    bool reuse_addresses = true;                ///< hand out freed vmalloc addresses again
    std::optional<std::uint8_t> fill = {};         ///< what fresh vmalloc memory holds; default zeros
    std::string uts_release = {};                 ///< what uname says; default the release's name
};

/// The first bytes of every machine; fixed format.
struct MachineHeader {
    char magic[8];               ///< "RETROMOD"
    std::uint32_t format;        ///< machine_format
    std::uint32_t endian_mark;   ///< 0x01020304 in the host's byte order
    std::uint64_t total_bytes;   ///< of the mapping
    std::uint64_t generation;    ///< commits so far
    char arch[16];
    char release[16];
    char uts_release[64];
    std::uint16_t smp;
    std::uint16_t highmem;
    std::uint32_t compiler;
    std::uint64_t vmalloc_start;
    std::uint64_t direct_offset, direct_bytes;
    std::uint64_t vmalloc_offset, vmalloc_bytes;
    std::uint64_t frames_offset, vmalloc_pages_offset;
    std::uint64_t tables_next;   ///< where the next new table's rows go
    std::uint64_t tables_end;
    std::uint32_t table_count;
    std::uint32_t applying;      ///< not 0 in a file: a commit is being written into it, and ends with this page
    std::uint64_t identity;      ///< of a machine file, so that it never gets another's journal
    MemoryState memory;
};

constexpr std::uint32_t machine_format = 1;
constexpr std::uint32_t machine_table_limit = 256;

/// The machine's bytes are not what a machine is made of: the file is damaged, or of another format.
struct MachineDamaged : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// One machine: guest memory and the host's tables in one mapping. This class knows nothing of files: the mapping is
/// anonymous memory, or a working copy that machine_file.h lends it.
class Machine {
public:
    /// A fresh machine in memory.
    explicit Machine(const MachineOptions& options = {});

    /// A machine over bytes that hold one already (checked: throws MachineDamaged).
    explicit Machine(std::span<std::byte> mapping);

    ~Machine();
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;

    /// How many bytes a machine of these options takes.
    static std::uint64_t mapping_bytes(const MachineOptions& options);
    /// Writes a fresh machine into `mapping`, which is zeroed and mapping_bytes long.
    static void format(std::span<std::byte> mapping, const MachineOptions& options);

    /// Takes its bytes over anew (checked: throws MachineDamaged), which another process may have changed; memory() is
    /// another object then, without user memory.
    void refresh() { attach(); }

    const Arch& arch() const { return *arch_; }
    const Release& release() const { return *release_; }
    const LayoutSet& layouts() const { return *layouts_; }
    std::string_view uts_release() const { return header().uts_release; }
    bool smp() const { return header().smp != 0; }
    AddressSpace& memory() { return *memory_; }
    std::span<std::byte> mapping() const { return mapping_; }
    MachineHeader& header() const { return *reinterpret_cast<MachineHeader*>(mapping_.data()); }

    /// The table of that kind of row, made when it is asked for the first time. Throws MachineDamaged.
    template <class Row>
    Table<Row> table()
    {
        auto& header = table_header(Row::table_name, sizeof(Row), Row::table_capacity);
        return {header, reinterpret_cast<Row*>(mapping_.data() + header.offset)};
    }

    /// Whether that kind of table was ever asked for.
    bool has_table(std::string_view name) const;

    /// The only row of a kind that has one. Throws MachineDamaged.
    template <class Row>
    Row& single()
    {
        auto rows = table<Row>();
        auto* row = rows.find(0);
        if (!row) row = rows.insert();
        if (!row || rows.number_of(*row) != 0)
            throw MachineDamaged("row 0 of table " + std::string(Row::table_name) + " is free, others are not");
        return *row;
    }

private:
    void attach();
    TableHeader& table_header(std::string_view name, std::size_t row_bytes, std::uint32_t capacity);

    std::span<std::byte> mapping_;
    bool owns_mapping_ = false;
    const Arch* arch_ = nullptr;
    const Release* release_ = nullptr;
    std::unique_ptr<LayoutSet> layouts_;
    std::unique_ptr<AddressSpace> memory_;
};

} // namespace retromod
