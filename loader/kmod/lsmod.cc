// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/kmod/kmod.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <sstream>

namespace retromod {

int kmod_lsmod(ModernCalls& calls, const KmodSinks& sinks)
{
    const auto listed = calls.read_file("/proc/modules");
    if (!listed) {
        sinks.err(fmt::format("lsmod: ERROR: could not get list of modules: {}\n", errno_text(listed.error())));
        return 1;
    }
    sinks.out("Module                  Size  Used by\n");
    std::istringstream lines(*listed);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string name;
        std::int64_t size = 0, count = 0;
        if (!(words >> name >> size >> count)) continue;
        const auto holders = calls.list_folder("/sys/module/" + name + "/holders");
        const auto users = holders && !holders->empty() ? fmt::format(" {}", fmt::join(*holders, ",")) : std::string();
        sinks.out(fmt::format("{:<19} {:>8}  {}{}\n", name, size, count, users));
    }
    return 0;
}

} // namespace retromod
