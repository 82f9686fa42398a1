// SPDX-License-Identifier: GPL-2.0-or-later
// retromod status: what machine there is.
#include "emu/kernel/clock.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/module_loader.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/system_call_table.h"
#include "emu/kernel/threads.h"
#include "loader/api/failure_sentence.h"
#include "emu/kernel/panic.h"
#include "loader/api/machine_path.h"
#include "loader/tools/commands.h"
#include "loader/tools/loaded_modules.h"
#include "loader/tools/options.h"
#include "loader/tools/tool_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace retromod {

namespace {

/// What `text` makes of guest memory, or why it cannot be read.
std::string readable(const std::function<std::string()>& text)
try {
    return text();
} catch (...) {
    return failure_sentence();
}

/// "0xc8800060 hook_open [hook]"
std::string named_address(Kernel& kernel, GuestAddr address)
{
    const auto name = kernel.symbols().describe(address);
    return fmt::format("{:#x}{}{}", address.value, name.empty() ? "" : " ", name);
}

} // namespace

int status_command(const Invocation& invocation)
{
    Options options(invocation);
    if (const auto status = options.parse()) return *status;
    ToolSession session(invocation, Purpose::look);
    auto& machine = session->machine();
    auto& kernel = session->kernel();
    const auto& memory = kernel.memory();
    const auto pages_to_kib = [&](std::uint64_t pages) { return pages * machine.arch().page_bytes / 1024; };

    fmt::print("machine     {}\n", machine_path(invocation.machine));
    const auto& release = machine.release();
    fmt::print("release     {} (rules of {}, structures of {})\n", machine.uts_release(), release.name,
               release.modern ? release.name : layout_version_name(layouts_of(release, machine.uts_release())));
    fmt::print("arch        {}, {}\n", machine.arch().name, machine.smp() ? "SMP" : "uniprocessor");
    fmt::print("memory      {} KiB, {} KiB free\n", pages_to_kib(memory.total_pages()), pages_to_kib(memory.free_pages()));
    fmt::print("jiffies     {}\n", kernel.clock().jiffies());
    fmt::print("modules     {}\n", readable([&] { return std::to_string(count_loaded_modules(kernel)); }));
    fmt::print("tainted     {}\n", kernel.state().tainted);
    fmt::print("oopses      {}\n", kernel.state().oopses);
    if (const auto panic = panic_text(kernel)) fmt::print("state       dead: {}\n", *panic);
    for (const auto& call : replaced_system_calls(kernel))
        fmt::print("replaced    system call {} by {}\n", call.name, readable([&] { return named_address(kernel, call.by); }));
    fmt::print("generation  {}\n", machine.header().generation);
    const auto threads = readable([&] { return kernel.threads().describe(); });
    if (!threads.empty()) fmt::print("threads\n{}\n", threads);
    return 0;
}

} // namespace retromod
