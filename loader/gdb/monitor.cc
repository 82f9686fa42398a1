// SPDX-License-Identifier: GPL-2.0-or-later
// gdb's `monitor` commands: what the guest's kernel knows.
#include "loader/gdb/monitor.h"

#include "emu/kernel/log.h"
#include "emu/kernel/proc_files.h"
#include "emu/kernel/trouble.h"
#include "loader/gdb/module_symbols.h"
#include "loader/gdb/shared_state.h"

#include <fmt/format.h>

#include <utility>

namespace retromod {
namespace {

constexpr std::size_t most_trace_lines = 200;

std::string_view without_blanks(std::string_view text)
{
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ') || text.ends_with('\n')) text.remove_suffix(1);
    return text;
}

} // namespace

struct GdbMonitor::Row {
    std::string_view name;
    std::string (GdbMonitor::*run)(std::string_view argument) const;
    std::string_view help;
};

const GdbMonitor::Row GdbMonitor::rows[] = {
    {"dmesg", &GdbMonitor::dmesg, "the kernel's log"},
    {"lsmod", &GdbMonitor::lsmod, "the loaded modules: /proc/modules"},
    {"trace", &GdbMonitor::trace, "the last system calls and kernel functions called"},
    {"symbols", &GdbMonitor::symbols, "lines that make gdb read the loaded modules' symbols"},
    {"calls", &GdbMonitor::calls, "on|off: whether reverse-continue stops at kernel functions called"},
    {"help", &GdbMonitor::help, "these lines"},
};

std::string GdbMonitor::run(std::string_view line) const
{
    line = without_blanks(line);
    const auto name = line.substr(0, line.find(' '));
    const auto argument = without_blanks(line.substr(name.size()));
    for (const auto& row : rows) {
        if (row.name != name) continue;
        try {
            return (this->*row.run)(argument);
        } catch (const KernelFault& fault) {
            return fmt::format("the guest's memory at {:#x} cannot be read\n", fault.fault.address.value);
        } catch (const KernelHang& hang) {
            return fmt::format("{}\n", hang.what);
        }
    }
    return fmt::format("no monitor command '{}'\n", name) + help({});
}

void GdbMonitor::add_trace_line(std::string line)
{
    trace_.push_back(std::move(line));
    if (trace_.size() > most_trace_lines) trace_.pop_front();
}

std::string GdbMonitor::help(std::string_view) const
{
    std::string text;
    for (const auto& row : rows) text += fmt::format("monitor {:<8} {}\n", row.name, row.help);
    return text;
}

std::string GdbMonitor::dmesg(std::string_view) const { return kernel_->log().text(); }

std::string GdbMonitor::lsmod(std::string_view) const
{
    const auto text = kernel_text(*kernel_, "/proc/modules");
    return text ? *text : "this kernel has no /proc/modules\n";
}

std::string GdbMonitor::trace(std::string_view) const
{
    std::string text;
    for (const auto& line : trace_) text += line + "\n";
    return text;
}

std::string GdbMonitor::symbols(std::string_view) const { return symbol_script(); }
std::string GdbMonitor::symbol_script() const { return symbol_lines(*kernel_, files_); }

std::string GdbMonitor::calls(std::string_view choice) const
{
    if (choice != "on" && choice != "off") return "monitor calls on|off\n";
    shared_.passes_calls = choice == "off";
    return shared_.passes_calls ? "reverse-continue passes kernel calls\n" : "reverse-continue stops at kernel calls\n";
}

} // namespace retromod
