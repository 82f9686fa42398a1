// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/abi/layouts/row_index.h"

#include <algorithm>
#include <unordered_map>

namespace retromod::layouts {
namespace {

/// Whether a condition of `yes` or `no` (or either) agrees with a fact.
template <class Condition>
bool agrees(Condition condition, Condition yes, Condition no, bool fact)
{
    return condition != (fact ? no : yes);
}

/// Rows of one table by name, in order of declaration.
template <class Row>
class RowsByName {
public:
    void add(std::span<const Row> rows)
    {
        for (const auto& row : rows) rows_[row.name].push_back(&row);
    }
    const Row* find(std::string_view name, const Build& build) const
    {
        const auto found = rows_.find(name);
        if (found == rows_.end()) return nullptr;
        const auto row = std::ranges::find_if(found->second, [&](const Row* r) { return holds(r->when, build); });
        return row == found->second.end() ? nullptr : *row;
    }

private:
    std::unordered_map<std::string_view, std::vector<const Row*>> rows_;
};

std::span<const std::span<const Structure>> structure_tables()
{
    static const std::span<const Structure> tables[] = {
        module_structures(), lock_structures(), task_structures(), cpu_structures(), interrupt_structures(),
        file_structures(), inode_structures(), proc_structures(), memory_structures(), block_structures(),
        net_device_structures(), socket_structures(), tty_structures(), pci_structures(), scsi_structures(),
        small_structures(),
    };
    return tables;
}

template <class Row>
RowsByName<Row> indexed(std::span<const std::span<const Row>> tables)
{
    RowsByName<Row> rows;
    for (const auto& table : tables) rows.add(table);
    return rows;
}

} // namespace

CpuSet cpu_of(const Arch& arch)
{
    struct Row {
        std::string_view name;
        CpuSet cpu;
    };
    constexpr Row rows[] = {
        {"i386", cpu::i386}, {"alpha", cpu::alpha}, {"arm", cpu::arm}, {"m68k", cpu::m68k},
        {"mipsel", cpu::mips}, {"mips", cpu::mips}, {"ppc", cpu::ppc}, {"sparc", cpu::sparc}, {"x86_64", cpu::x86_64},
    };
    const auto* row = std::ranges::find(rows, arch.name, &Row::name);
    return row == std::end(rows) ? cpu::others : row->cpu;
}

bool holds(const When& when, const Build& build)
{
    const bool gcc_2 = build.compiler == Compiler::gcc_2_95;
    return build.version >= when.since && build.version <= when.until
        && agrees(when.smp, Smp::yes, Smp::no, build.smp)
        && agrees(when.gcc, Gcc::v2, Gcc::v3, gcc_2)
        && agrees(when.vendor, Vendor::yes, Vendor::no, build.version == LayoutVersion::v2_4_18_14)
        && agrees(when.locks, Locks::real, Locks::empty, build.smp || gcc_2)
        && agrees(when.highmem, Highmem::yes, Highmem::no, build.highmem)
        && (when.arches & build.cpu) != 0;
}

const Structure* find_structure(std::string_view name, const Build& build)
{
    static const auto rows = indexed<Structure>(structure_tables());
    return rows.find(name, build);
}

const Typedef* find_typedef(std::string_view name, const Build& build)
{
    static const std::span<const Typedef> tables[] = {typedefs()};
    static const auto rows = indexed<Typedef>(tables);
    return rows.find(name, build);
}

const Opaque* find_opaque(std::string_view name, const Build& build)
{
    static const std::span<const Opaque> tables[] = {opaque_types_x86_64(), opaque_types(), opaque_file_system_types()};
    static const auto rows = indexed<Opaque>(tables);
    if (build.cpu != cpu::i386 && build.cpu != cpu::x86_64) { // measured in one release only
        auto measured = build;
        measured.version = LayoutVersion::v2_4_37_11;
        if (const auto* row = rows.find(name, measured)) return row;
    }
    return rows.find(name, build);
}

std::vector<std::string_view> structure_names(const Build& build)
{
    std::vector<std::string_view> names;
    for (const auto& table : structure_tables())
        for (const auto& row : table)
            if (holds(row.when, build) && (names.empty() || names.back() != row.name)) names.push_back(row.name);
    return names;
}

} // namespace retromod::layouts
