// SPDX-License-Identifier: GPL-2.0-or-later
// linux/tqueue.h and the old bottom halves. Source: kernel/softirq.c, kernel/context.c, kernel/timer.c of 2.2 and 2.4.
#include "emu/exports/core/wait_queue.h"
#include "emu/exports/family.h"
#include "emu/kernel/bottom_half.h"
#include "emu/kernel/clock.h"
#include "emu/kernel/guest_list.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/left_behind.h"
#include "emu/kernel/softirqs.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/task_queue.h"
#include "emu/kernel/threads.h"
#include "emu/kernel/trouble.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/thread.h"

#include <vector>

namespace retromod {
namespace {

/// A task that waits for keventd; fixed format.
struct KeventdRow {
    static constexpr std::string_view table_name = "keventd";
    static constexpr std::uint32_t table_capacity = 1024;
    std::uint32_t used;
    std::uint32_t order;
    std::uint64_t task; ///< struct tq_struct
};

Step run_task_queue(Kernel& kernel, Frame& frame, GuestAddr queue)
{
    auto& run = frame.local<TaskQueueRun>();
    if (!frame.phase++) run = detach_task_queue(kernel, queue);
    const auto call = run.take(kernel);
    return call ? Step{*call} : Step{Return{}};
}

constexpr std::uint32_t keventd_pid = 2;

// --- keventd ------------------------------------------------------------------------------------------------------

KeventdRow* first_event(Kernel& kernel)
{
    KeventdRow* first = nullptr;
    for (auto& row : kernel.machine().table<KeventdRow>())
        if (!first || row.order < first->order) first = &row;
    return first;
}

Step keventd(Kernel& kernel, Frame&)
{
    auto* row = first_event(kernel);
    if (!row) return Exit{};
    const auto call = begin_task(kernel, {row->task});
    kernel.machine().table<KeventdRow>().erase(*row);
    return call;
}

bool keventd_runs(Kernel& kernel)
{
    const auto is_keventd = [](const ThreadRow& thread) {
        return thread.depth && thread.frames[0].step == step_key("keventd") && thread.state != ThreadState::dead;
    };
    return kernel.machine().table<ThreadRow>().find_if(is_keventd) != nullptr;
}

std::int32_t schedule_task(Kernel& kernel, GuestAddr task)
{
    GuestStruct fields(kernel, "struct tq_struct", task);
    if (fields.get("sync") & 1) return 0;
    fields.set("sync", std::uint64_t{1});
    std::uint32_t order = 0;
    for (const auto& row : kernel.machine().table<KeventdRow>()) order = std::max(order, row.order);
    auto* row = kernel.machine().table<KeventdRow>().insert();
    if (!row) throw KernelBug{"more tasks wait for keventd than the machine keeps"};
    row->order = order + 1;
    row->task = task.value;
    if (!keventd_runs(kernel)) kernel.threads().start_step("keventd", "keventd", keventd_pid);
    return 1;
}

Step flush_scheduled_tasks(Kernel& kernel, Frame&)
{
    if (!first_event(kernel)) return Return{};
    set_current_state(kernel, task_state::uninterruptible);
    return Sleep{"keventd", kernel.clock().jiffies() + 1};
}

constexpr Export functions[] = {
    full<run_task_queue>("__run_task_queue", since_2_4),
    full<run_task_queue>("kc_run_task_queue"),
    full<schedule_task>("schedule_task", since_2_4),
    full<flush_scheduled_tasks>("flush_scheduled_tasks", since_2_4),
};
constexpr StepEntry steps[] = {{"keventd", keventd}};

/// A task_queue: a list_head in 2.4, a pointer in 2.2.
std::uint64_t queue_bytes(Kernel& kernel) { return (kernel.machine().release().is_2_2() ? 1 : 2) * kernel.arch().word_bytes; }
void init_queue(Kernel& kernel, GuestAddr at)
{
    if (!kernel.machine().release().is_2_2()) guest_list::init(kernel, at);
}

/// struct tasklet_head for each of 32 processors, a cache line each.
std::uint64_t tasklet_heads_bytes(Kernel& kernel) { return 32 * kernel.layouts().size("irq_cpustat_t"); }

constexpr DataExport data[] = {
    {"tq_immediate", queue_bytes, init_queue},
    {"tq_timer", queue_bytes, init_queue},
    {"tq_disk", queue_bytes, init_queue},
    {"tq_scheduler", queue_bytes, nullptr, only_2_2},
    {"bh_active", [](Kernel& kernel) -> std::uint64_t { return kernel.arch().word_bytes; }, nullptr, only_2_2},
    {"bh_mask", [](Kernel& kernel) -> std::uint64_t { return kernel.arch().word_bytes; },
     [](Kernel& kernel, GuestAddr at) {
         const auto& numbers = bottom_half_numbers(kernel);
         std::uint64_t mask = 0;
         for (const auto number : {numbers.timer, numbers.timer_queue, numbers.immediate})
             mask |= std::uint64_t{1} << number;
         kernel.memory().store_word(at, mask);
     },
     only_2_2},
    {"bh_mask_count", [](Kernel&) -> std::uint64_t { return 4 * bottom_half_limit; }, nullptr, only_2_2},
    {"bh_base", [](Kernel& kernel) -> std::uint64_t { return bottom_half_limit * kernel.arch().word_bytes; }, nullptr, only_2_2},
    {"tasklet_vec", tasklet_heads_bytes, nullptr, since_2_4},
    {"tasklet_hi_vec", tasklet_heads_bytes, nullptr, since_2_4},
    {"bh_task_vec",
     [](Kernel& kernel) -> std::uint64_t { return bottom_half_limit * kernel.layouts().size("struct tasklet_struct"); }, nullptr,
     since_2_4},
};

void search_events(LeftBehindSearch& search)
{
    for (const auto& row : search.kernel.machine().table<KeventdRow>())
        if (!search.holds(row.task))
            search.check("keventd", "the routine of a task",
                         GuestStruct(search.kernel, "struct tq_struct", {row.task}).get("routine"));
}

void tell(RowVisitor& visitor, const KeventdRow& row) { visitor.pointer("a struct tq_struct", row.task); }
constexpr TableKind tables[] = {table<KeventdRow, tell>("keventd")};

} // namespace

extern const Family linux_tqueue{
    .header = "linux/tqueue.h", .functions = functions, .data = data, .steps = steps,
    .keeps = {.tables = tables, .search = search_events}};

} // namespace retromod
