// SPDX-License-Identifier: GPL-2.0-or-later
// What a machine remembers of the blocks that modules made while they were checked.
#pragma once

#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"
#include "emu/machine/machine.h"

#include <string_view>

namespace retromod {

/// A block that is still there. Fixed format (docs/machine-file.md).
struct CheckedBlockRow {
    static constexpr std::string_view table_name = "checked_blocks";
    static constexpr std::uint32_t table_capacity = 16384;
    std::uint32_t used;
    std::uint32_t bytes;   ///< that the module asked for
    std::uint64_t address;
    char module[64];       ///< that made it
    char made[128];        ///< the call: "kmalloc(16) from hello_init+0x1c [hello]"
};

/// A loaded module that was checked when it was loaded, into memory to which nothing pointed that others had left. Fixed format.
struct CheckedModuleRow {
    static constexpr std::string_view table_name = "checked_modules";
    static constexpr std::uint32_t table_capacity = 1024;
    std::uint32_t used;
    std::uint32_t reserved;
    std::uint64_t address;
    std::uint64_t bytes;
    char name[64];
};

/// Whether there are any of either in that machine.
bool has_block_notes(Machine& machine);
/// Forgets the modules that have gone.
void forget_gone_modules(Kernel& kernel);

/// Keeps the rows true where nobody checks: forgets the blocks that are given back.
class BlockNotes final : public BlockWatch {
public:
    explicit BlockNotes(Machine& machine) : machine_(machine) {}

    std::uint64_t padded(std::uint64_t bytes) override { return bytes; }
    void made(GuestAddr, std::uint64_t) override {}
    bool may_free(GuestAddr) override { return true; }
    void gone(GuestAddr block) override;

private:
    Machine& machine_;
};

} // namespace retromod
