// SPDX-License-Identifier: GPL-2.0-or-later
// The kernel's log. Source: kernel/printk.c, 2.4.
#include "emu/kernel/log.h"

#include "emu/abi/event_sink.h"

#include <algorithm>

namespace retromod {
namespace {

bool has_level(std::string_view text)
{
    return text.size() >= 3 && text[0] == '<' && text[1] >= '0' && text[1] <= '7' && text[2] == '>';
}

void put(LogRow& log, std::string_view text)
{
    for (const char c : text) log.ring[log.written++ % log_bytes] = c;
}

} // namespace

// Source: printk of kernel/printk.c: a line that starts without a level gets <4>.
void Log::write(std::string_view text)
{
    auto& log = machine_.single<LogRow>();
    if (sink_) sink_->logged(text);
    while (!text.empty()) {
        if (!log.inside_line && !has_level(text)) put(log, "<4>");
        const auto end = std::min(text.find('\n'), text.size() - 1) + 1;
        put(log, text.substr(0, end));
        log.inside_line = text[end - 1] != '\n';
        text.remove_prefix(end);
    }
}

std::uint64_t Log::position() { return machine_.single<LogRow>().written; }

std::string Log::since(std::uint64_t position)
{
    const auto& log = machine_.single<LogRow>();
    auto at = log.written > log_bytes ? std::max(position, log.written - log_bytes) : position;
    std::string text;
    for (; at < log.written; ++at) text += log.ring[at % log_bytes];
    return text;
}

std::string Log::text() { return since(machine_.single<LogRow>().cleared); }

void Log::clear()
{
    auto& log = machine_.single<LogRow>();
    log.cleared = log.written;
}

} // namespace retromod
