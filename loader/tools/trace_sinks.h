// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/event_sink.h"

#include <cstdio>
#include <functional>
#include <memory>
#include <string>

namespace retromod {

/// What a trace needs besides the events.
struct TraceOptions {
    const Arch* arch = &i386();
    std::FILE* into = stderr;
    std::function<std::string(GuestAddr)> symbolize; ///< names guest code for people; empty text: unknown
};

/// A system call's result as strace shows it: "0", "0xc8800000", "-1 EBUSY (Device or resource busy)".
std::string show_result(SyscallResult result, const Arch& arch);

/// One line an event, indented by what is under way: `  register_chrdev(254, "hello", 0xc8800140) = 0`.
std::unique_ptr<EventSink> make_text_trace(TraceOptions options);

/// One JSON object a line (docs/trace.md).
std::unique_ptr<EventSink> make_json_trace(TraceOptions options);

} // namespace retromod
