// SPDX-License-Identifier: GPL-2.0-or-later
// What programs of the machine's user space wrote to syslog(3).
#include "loader/api/machine_syslog.h"

#include "emu/kernel/clock.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/machine/machine.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <ctime>
#include <vector>

namespace retromod {
namespace {

void add_line(Kernel& kernel, const std::string& line)
{
    auto rows = kernel.machine().table<SyslogRow>();
    std::uint32_t last = 0;
    SyslogRow* oldest = nullptr;
    for (auto& row : rows) {
        last = std::max(last, row.order);
        if (!oldest || row.order < oldest->order) oldest = &row;
    }
    auto* row = rows.insert();
    if (!row) {
        rows.erase(*oldest);
        row = rows.insert();
    }
    row->order = last + 1;
    row->seconds = kernel.state().boot_time + kernel.state().jiffies / hz;
    line.copy(row->text, sizeof row->text - 1);
}

} // namespace

void add_to_syslog(Kernel& kernel, std::string_view tag, std::string_view text)
{
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (!line.empty()) add_line(kernel, fmt::format("{}: {}", tag, line));
    }
}

std::string syslog_text(Kernel& kernel)
{
    std::vector<const SyslogRow*> rows;
    for (const auto& row : kernel.machine().table<SyslogRow>()) rows.push_back(&row);
    std::ranges::sort(rows, {}, &SyslogRow::order);
    std::string text;
    for (const auto* row : rows) {
        const auto seconds = static_cast<std::time_t>(row->seconds);
        std::tm time{};
        ::gmtime_r(&seconds, &time);
        const std::string_view line(row->text, ::strnlen(row->text, sizeof row->text));
        text += fmt::format("{:%b %e %H:%M:%S} localhost {}\n", time, line);
    }
    return text;
}

void clear_syslog(Kernel& kernel)
{
    auto rows = kernel.machine().table<SyslogRow>();
    for (auto& row : rows) rows.erase(row);
}

} // namespace retromod
