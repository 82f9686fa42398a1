// SPDX-License-Identifier: GPL-2.0-or-later
// Where the sentences of a modutils tool go: the terminal, or (-s) the machine's syslog.
#include "loader/tools/tool_voice.h"

#include "emu/kernel/kernel.h"
#include "loader/api/insmod_run.h"
#include "loader/api/machine_syslog.h"

#include <fmt/format.h>

namespace retromod {

ToolVoice::ToolVoice(std::string tool, ToSyslog syslog)
    : tool_(std::move(tool)), to_syslog_(syslog), messages_(sinks(), tool_),
      speech_{[this](std::string_view text) { messages_.error(text); }, [this](std::string_view text) { messages_.print(text); },
              [](std::string_view text) { standard_sinks().err(fmt::format("{}\n", text)); }}
{
}

TextSinks ToolVoice::sinks()
{
    if (to_syslog_ == ToSyslog::no) return standard_sinks();
    const auto hold = [this](std::string_view text) { held_ += text; };
    return {hold, hold};
}

bool ToolVoice::flush(Kernel& kernel)
{
    if (held_.empty()) return false;
    add_to_syslog(kernel, tool_, std::exchange(held_, {}));
    return true;
}

} // namespace retromod
