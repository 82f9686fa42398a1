// SPDX-License-Identifier: GPL-2.0-or-later
// gdb's `monitor` commands: what the guest's kernel knows.
#pragma once

#include "emu/kernel/kernel.h"

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace retromod {

struct SharedState;

/// The commands behind `monitor`.
class GdbMonitor {
public:
    GdbMonitor(SharedState& shared, std::vector<std::string> files) : shared_(shared), files_(std::move(files)) {}

    /// The guest's kernel; it must be there before `run`.
    void set_kernel(Kernel& kernel) { kernel_ = &kernel; }
    /// Notes a line of the trace; of many lines the last are kept.
    void add_trace_line(std::string line);

    /// What the command line shows, as lines.
    std::string run(std::string_view line) const;
    /// Lines that make gdb read the symbols of all loaded modules.
    std::string symbol_script() const;

private:
    struct Row;
    static const Row rows[];

    std::string help(std::string_view) const;
    std::string dmesg(std::string_view) const;
    std::string lsmod(std::string_view) const;
    std::string trace(std::string_view) const;
    std::string symbols(std::string_view) const;
    std::string calls(std::string_view choice) const;

    SharedState& shared_;
    std::vector<std::string> files_; ///< that the command may have loaded
    Kernel* kernel_ = nullptr;
    std::deque<std::string> trace_;
};

} // namespace retromod
