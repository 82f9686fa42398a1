// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/errno_or.h"
#include "emu/abi/release.h"
#include "emu/machine/machine.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace retromod {

class Kernel;
class LeftBehindSearch;
class KernelCheck;

/// What a subsystem of the kernel says of itself beside its functions: its files of /proc, and what its tables hold. A new
/// subsystem is a file of its folder and one row of a list.

/// A file of /proc whose text the kernel makes. Made by `proc_file<f>`.
struct ProcFile {
    std::string_view path;
    ErrnoOr<std::string> (*text)(Kernel&);
    LayoutVersion since = oldest_layouts; ///< the first release, by its exports, that has it
    bool (*exists)(Kernel&) = nullptr;    ///< whether this machine has it; null: always
};

/// The row of a file whose text `Text(kernel)` is; KernelFault when a name in it lies in memory that is gone.
template <auto Text>
constexpr ProcFile proc_file(std::string_view path, LayoutVersion since = oldest_layouts, bool (*exists)(Kernel&) = nullptr)
{
    return {path, [](Kernel& kernel) -> ErrnoOr<std::string> { return Text(kernel); }, since, exists};
}

/// Is told what a row of a table holds that leads elsewhere. Two listen: left_behind and fsck.
class RowVisitor {
public:
    virtual ~RowVisitor() = default;
    /// An address that a module gave: its memory may be gone.
    virtual void pointer(std::string_view /*what*/, std::uint64_t /*address*/) {}
    /// Memory of the kernel's own: it must be there. NULL is none.
    virtual void block(std::string_view /*what*/, std::uint64_t /*address*/) {}
    /// What must hold of the row's numbers.
    virtual void require(bool /*holds*/, std::string_view /*what*/) {}
    /// A text in the row must have an end.
    template <std::size_t size>
    void ends(std::string_view what, const char (&text)[size])
    {
        require(std::ranges::find(text, '\0') != std::end(text), std::string(what) + " has no end");
    }
};

/// A kind of table. Made by `table<Row>` or `table<Row, tell>`.
struct TableKind {
    std::string_view name;
    std::string_view shown_in; ///< "/proc/devices", or what people call it
    std::uint32_t row_bytes, capacity;
    void (*visit)(Machine&, RowVisitor&); ///< tells of each row. Throws MachineDamaged
};

/// A table whose rows lead nowhere.
template <class Row>
constexpr TableKind table(std::string_view shown_in = Row::table_name)
{
    return {Row::table_name, shown_in, sizeof(Row), Row::table_capacity,
            [](Machine& machine, RowVisitor&) { (void)machine.table<Row>(); }};
}
/// A table each of whose rows `tell(visitor, row)` tells of.
template <class Row, void (*tell)(RowVisitor&, const Row&)>
constexpr TableKind table(std::string_view shown_in = Row::table_name)
{
    return {Row::table_name, shown_in, sizeof(Row), Row::table_capacity, [](Machine& machine, RowVisitor& visitor) {
                for (const auto& row : machine.table<Row>()) tell(visitor, row);
            }};
}

struct Subsystem {
    std::span<const ProcFile> proc_files = {};
    std::span<const TableKind> tables = {};
    void (*search)(LeftBehindSearch&) = nullptr; ///< looks through lists in guest memory (left_behind.h)
    void (*check)(KernelCheck&) = nullptr;       ///< checks what ties its rows together (kernel_check.h)
};

/// Those of this folder.
std::span<const Subsystem* const> kernel_subsystems();

} // namespace retromod
