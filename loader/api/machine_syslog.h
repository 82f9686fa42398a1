// SPDX-License-Identifier: GPL-2.0-or-later
// What programs of the machine's user space wrote to syslog(3).
#pragma once

#include "emu/kernel/kernel.h"

#include <string>
#include <string_view>

namespace retromod {

/// One line of the machine's system log; fixed format.
struct SyslogRow {
    static constexpr std::string_view table_name = "syslog";
    static constexpr std::uint32_t table_capacity = 2048;
    std::uint32_t used;
    std::uint32_t order;   ///< grows with each line
    std::uint64_t seconds; ///< since 1970, on the guest's clock
    char text[496];        ///< "insmod: ...": who wrote it, and what
};

/// Adds the lines of `text`, each behind "TAG: ". When the table is full, the oldest lines go.
void add_to_syslog(Kernel& kernel, std::string_view tag, std::string_view text);

/// All lines, oldest first, as syslogd would have written them: `Jan  1 00:00:00 localhost insmod: ...`.
std::string syslog_text(Kernel& kernel);

/// Empties it.
void clear_syslog(Kernel& kernel);

} // namespace retromod
