// SPDX-License-Identifier: GPL-2.0-or-later
// retromod syslog: what insmod -s and its like wrote, and modprobe on the kernel's behalf.
#include "loader/api/machine_syslog.h"

#include "loader/tools/module_commands.h"
#include "loader/tools/options.h"
#include "loader/tools/tool_session.h"

namespace retromod {

int syslog_command(const Invocation& invocation)
{
    bool clear = false;
    Options options(invocation);
    options.flag("-c,--clear", clear, "empty the log after showing it");
    if (const auto status = options.parse()) return *status;

    ToolSession session(invocation, clear ? Purpose::change : Purpose::look);
    const auto text = syslog_text(session->kernel());
    std::fwrite(text.data(), 1, text.size(), stdout);
    if (!clear) return 0;
    clear_syslog(session->kernel());
    session.commit();
    return 0;
}

} // namespace retromod
