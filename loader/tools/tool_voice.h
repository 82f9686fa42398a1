// SPDX-License-Identifier: GPL-2.0-or-later
// Where the sentences of a modutils tool go: the terminal, or (-s) the machine's syslog.
#pragma once

#include "emu/kernel/kernel.h"
#include "loader/legacy/messages.h"
#include "loader/modules/speech.h"
#include "loader/tools/tool_session.h"

namespace retromod {

enum class ToSyslog : bool { no, yes };

/// The voice of one run of a tool. With -s nothing comes to the terminal: what was said is written to the machine's syslog
/// when the voice is done, as modutils did.
class ToolVoice {
public:
    ToolVoice(std::string tool, ToSyslog syslog);

    /// Whole lines, for what loader/legacy does.
    TextSinks sinks();
    /// Sentences, for what loader/modules does. Must not outlive the voice.
    const Speech& speech() const { return speech_; }
    /// Sentences told with `Speech::error`.
    unsigned errors() const { return messages_.errors(); }

    /// Writes what was held back into the machine's syslog; true if there was any.
    bool flush(Kernel& kernel);

private:
    std::string tool_;
    ToSyslog to_syslog_;
    std::string held_;
    Messages messages_;
    Speech speech_;
};

} // namespace retromod
