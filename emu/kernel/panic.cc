// SPDX-License-Identifier: GPL-2.0-or-later
// The end of the machine. Source: panic of kernel/panic.c of 2.2.1, 2.4.0, 2.4.18-14 and 2.4.37.11.
#include "emu/kernel/panic.h"

#include "emu/kernel/irq_stat.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/log.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/threads.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace retromod {
namespace {

/// Why nothing is written to the disks; empty where panic does write.
std::string_view not_syncing(Kernel& kernel, bool idle)
{
    if (kernel.machine().release().is_2_2() && idle) return "<0>In swapper task - not syncing\n";
    if (in_interrupt(kernel)) return "<0>In interrupt handler - not syncing\n";
    return idle ? "<0>In idle task - not syncing\n" : "";
}

} // namespace

// Differs from 2.4: the panic notifiers are not called.
Outcome panic(Kernel& kernel, const std::string& text, const std::string& cause)
{
    auto* thread = kernel.threads().current();
    const auto said = "Kernel panic: " + text;
    if (!text.empty()) kernel.log().write("<0>" + said + "\n" + std::string(not_syncing(kernel, thread && thread->pid == 0)));
    auto why = cause.empty() ? said : text.empty() ? cause : fmt::format("{} ({})", said, cause);
    std::ranges::replace(why, '\n', ' ');
    auto& row = kernel.machine().single<PanicRow>();
    why.copy(row.text, sizeof row.text - 1);
    if (thread) kernel.threads().finish(*thread, ThreadState::dead);
    return {Outcome::Kind::dead, {}, {}, std::move(why)};
}

std::optional<std::string> panic_text(Kernel& kernel)
{
    const auto* row = kernel.machine().table<PanicRow>().find(0);
    if (!row) return std::nullopt;
    return std::string(row->text, strnlen(row->text, sizeof row->text));
}

} // namespace retromod
