// SPDX-License-Identifier: GPL-2.0-or-later
// The step functions of a kernel: its system calls by name, and those of its exports.
#include "emu/kernel/steps.h"

#include "emu/kernel/core_calls.h"
#include "emu/kernel/exit.h"
#include "emu/kernel/export.h"
#include "emu/kernel/export_choice.h"
#include "emu/kernel/guest_core.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/module_loader.h"
#include "emu/kernel/softirqs.h"
#include "emu/kernel/system_call_table.h"
#include "emu/kernel/system_calls.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/threads.h"

#include <algorithm>

namespace retromod {
namespace {

constexpr StepEntry system_calls[] = {
    {"create_module", sys_create_module},
    {"init_module", sys_init_module},
    {"delete_module", sys_delete_module},
    {"query_module", sys_query_module},
    {"get_kernel_syms", sys_get_kernel_syms},
    {"open", sys_open},
    {"close", sys_close},
    {"read", sys_read},
    {"write", sys_write},
    {"lseek", sys_lseek},
    {"ioctl", sys_ioctl},
    {"fcntl", sys_fcntl},
    {"poll_file", sys_poll_file},
    {"call_function", call_function},
};

StepFunction find_in(std::span<const StepEntry> entries, std::string_view name)
{
    const auto found = std::ranges::find(entries, name, &StepEntry::name);
    return found == entries.end() ? nullptr : found->function;
}

Step not_implemented(Kernel& kernel, Frame&) { return failure(kernel, Errno::enosys); }

template <Step (ModuleLoader::*Call)(Frame&)>
Step by_loader(Kernel& kernel, Frame& frame)
{
    return kernel.module_loader() ? (kernel.module_loader()->*Call)(frame) : failure(kernel, Errno::enosys);
}

// Since 2.5.48 user space no longer links: what it used for that is gone.
constexpr StepEntry modern_system_calls[] = {
    {"create_module", not_implemented},
    {"query_module", not_implemented},
    {"get_kernel_syms", not_implemented},
    {"init_module", by_loader<&ModuleLoader::init_module>},
    {"finit_module", by_loader<&ModuleLoader::finit_module>},
    {"delete_module", by_loader<&ModuleLoader::delete_module>},
};

constexpr StepEntry own_steps[] = {
    {softirq_step, do_softirq},
    {ksoftirqd_step, ksoftirqd},
    {exit_step, exit_files},
    {kernel_thread_step, run_kernel_thread},
    {start_core_step, start_core},
    {system_call_gate_step, system_call_gate},
};

} // namespace

StepFunction find_system_call(std::string_view name)
{
    const auto function = find_in(system_calls, name);
    return function ? function : find_in(core_system_calls(), name);
}

Steps::Steps(const ExportTable& exports, const Machine& machine)
{
    if (machine.release().modern) add(modern_system_calls);
    add(core_system_calls());
    add(system_calls);
    add(own_steps);
    for (const auto family : exports.steps) add(family);
    for (const auto family : exports.functions)
        for (const auto& row : family)
            if (row.step && exists(row, machine)) functions_.emplace(step_key(row.name), row.step);
    add_listed(exports, machine);
}

/// Functions that a kernel has only because its list says so: of each name the nearest release's.
void Steps::add_listed(const ExportTable& exports, const Machine& machine)
{
    std::unordered_map<std::uint32_t, int> distances;
    for (const auto family : exports.functions)
        for (const auto& row : family) {
            const auto key = step_key(row.name);
            if (!row.step || (functions_.contains(key) && !distances.contains(key))) continue;
            const auto away = distance(row.since, machine.release().exports);
            if (const auto known = distances.find(key); known != distances.end() && known->second <= away) continue;
            distances[key] = away;
            functions_[key] = row.step;
        }
}

void Steps::add(std::span<const StepEntry> entries)
{
    for (const auto& entry : entries) functions_.emplace(step_key(entry.name), entry.function);
}

StepFunction Steps::find(std::uint32_t key) const
{
    const auto found = functions_.find(key);
    return found == functions_.end() ? nullptr : found->second;
}

} // namespace retromod
