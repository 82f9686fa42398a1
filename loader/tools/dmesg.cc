// SPDX-License-Identifier: GPL-2.0-or-later
// retromod dmesg: the kernel's log.
#include "emu/kernel/log.h"
#include "loader/tools/commands.h"
#include "loader/tools/options.h"
#include "loader/tools/tool_session.h"

namespace retromod {

int dmesg_command(const Invocation& invocation)
{
    bool clear = false;
    Options options(invocation);
    options.flag("-c,--clear", clear, "empty the log after showing it");
    if (const auto status = options.parse()) return *status;

    ToolSession session(invocation, clear ? Purpose::change : Purpose::look);
    const auto text = session->kernel().log().text();
    std::fwrite(text.data(), 1, text.size(), stdout);
    if (!clear) return 0;
    session->kernel().log().clear();
    session.commit();
    return 0;
}

} // namespace retromod
