// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/event_sink.h"
#include "emu/abi/release.h"
#include "emu/kernel/thread.h"
#include "emu/machine/machine.h"

#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace retromod {

/// An export's call from the guest, before its arguments are read.
struct ExportContext {
    Kernel& kernel;
    ArgCursor arguments;
    ExportCall* trace; ///< where to note arguments and result, if someone traces
    std::uint64_t result = 0;
    std::uint64_t result_second = 0;
    bool wide = false; ///< result_second counts
};

/// Releases in which something exists.
struct Since {
    LayoutVersion first = oldest_layouts;
    LayoutVersion last = newest_layouts;
    constexpr bool covers(LayoutVersion version) const { return first <= version && version <= last; }
};

/// A kernel function that modules import: one row of a table per kernel header. Made by `plain<f>` and `steps<f>`
/// (emu/kernel/export_call.h) from the C++ function's signature.
struct Export {
    std::string_view name;
    Grade grade;
    void (*plain)(ExportContext&) = nullptr;      ///< runs to its end at once
    StepFunction step = nullptr;                  ///< or: calls the guest or sleeps
    void (*describe)(ExportContext&) = nullptr;   ///< of a step function: reads the arguments into the trace
    void (*fetch)(ExportContext&, Frame&) = nullptr; ///< of a step function: reads the argument words into the frame
    Since since = {};
    std::string_view arch = {};                   ///< only on that architecture; empty: on all
};

/// Whether a machine's release and architecture have that function.
inline bool exists(const Export& row, const Machine& machine)
{
    return row.since.covers(machine.release().exports) && (row.arch.empty() || row.arch == machine.arch().name);
}

/// A kernel variable that modules import: a real object in the guest's kernel data.
struct DataExport {
    std::string_view name;
    std::uint64_t (*bytes)(Kernel&);                 ///< its size on this machine
    void (*initialize)(Kernel&, GuestAddr) = nullptr; ///< at boot; memory is zeroed before
    Since since = {};
};

class ModuleLoader;
struct Subsystem;

/// What the kernel is handed at boot: everything that modules can import, by family.
struct ExportTable {
    std::vector<std::span<const Export>> functions;
    std::vector<std::span<const DataExport>> data;
    Convention (*convention)(const Arch&, LayoutVersion exports,
                             std::string_view name) = nullptr; ///< null: all take the C convention
    std::vector<std::span<const StepEntry>> steps; ///< further step functions that frames name
    std::vector<void (*)(Kernel&)> boot;           ///< run once on a fresh machine, after the data is laid out
    std::vector<void (*)(Kernel&)> tick;           ///< run at every timer tick
    std::vector<const Subsystem*> subsystems;      ///< what they keep: /proc files, tables
    std::unique_ptr<ModuleLoader> (*module_loader)(Kernel&) = nullptr; ///< of releases that link modules in the kernel
};

} // namespace retromod
