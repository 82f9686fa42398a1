// SPDX-License-Identifier: GPL-2.0-or-later
// linux/tqueue.h and the old bottom halves. Source: kernel/softirq.c, kernel/context.c, kernel/timer.c of 2.2 and 2.4.
#include "emu/exports/core/bottom_half.h"
#include "emu/exports/core/wait_queue.h"
#include "emu/exports/family.h"
#include "emu/kernel/clock.h"
#include "emu/kernel/guest_list.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/left_behind.h"
#include "emu/kernel/softirqs.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/threads.h"
#include "emu/kernel/trouble.h"

#include <vector>

namespace retromod {
namespace {

constexpr std::int32_t bottom_halves = 32;

/// The handler of a bottom half; fixed format.
struct BottomHalfRow {
    static constexpr std::string_view table_name = "bottom_halves";
    static constexpr std::uint32_t table_capacity = bottom_halves;
    std::uint32_t used;
    std::int32_t number;
    std::uint64_t routine;
};

/// A task that waits for keventd; fixed format.
struct KeventdRow {
    static constexpr std::string_view table_name = "keventd";
    static constexpr std::uint32_t table_capacity = 1024;
    std::uint32_t used;
    std::uint32_t order;
    std::uint64_t task; ///< struct tq_struct
};

std::int32_t immediate_bh(Kernel& kernel) { return kernel.machine().release().is_2_2() ? 10 : 9; }
std::int32_t timer_queue_bh(Kernel& kernel) { return kernel.machine().release().is_2_2() ? 2 : 1; }

/// Takes the first struct tq_struct off a queue; NULL when it is empty.
GuestAddr take_task(Kernel& kernel, GuestAddr queue)
{
    if (kernel.machine().release().is_2_2()) {
        const auto task = kernel.memory().load_pointer(queue);
        if (task) kernel.memory().store_word(queue, kernel.memory().load_word(task));
        return task;
    }
    const auto node = guest_list::next(kernel, queue);
    if (node == queue || !node) return {};
    guest_list::remove(kernel, node);
    return node;
}

/// What a task calls; it may be queued again from here on.
CallGuest begin_task(Kernel& kernel, GuestAddr task)
{
    GuestStruct fields(kernel, "struct tq_struct", task);
    fields.set("sync", std::uint64_t{0});
    return {fields.pointer("routine"), {fields.get("data")}, 1, "task queue"};
}

Step run_task_queue(Kernel& kernel, Frame&, GuestAddr queue)
{
    while (const auto task = take_task(kernel, queue)) {
        const auto call = begin_task(kernel, task);
        if (call.function) return call;
    }
    return Return{};
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

// --- bottom halves --------------------------------------------------------------------------------------------------

/// What a marked bottom half does.
void run_bottom_half(Kernel& kernel, std::int32_t number)
{
    if (number == immediate_bh(kernel)) return run_task_queue_deferred(kernel, kernel.symbols().variable("tq_immediate"));
    if (number == timer_queue_bh(kernel)) return run_task_queue_deferred(kernel, kernel.symbols().variable("tq_timer"));
    if (kernel.machine().release().is_2_2()) {
        const auto routine = kernel.memory().load_pointer(kernel.symbols().variable("bh_base")
                                                          + static_cast<std::uint64_t>(number) * kernel.arch().word_bytes);
        if (routine) kernel.softirqs().defer(routine, 0, {}, "bottom half");
        return;
    }
    const auto* row = kernel.machine().table<BottomHalfRow>().find_if([&](const BottomHalfRow& r) { return r.number == number; });
    if (row) kernel.softirqs().defer({row->routine}, 0, {}, "bottom half");
}

/// 2.2 marks bottom halves inline, in bh_active.
void run_marked(Kernel& kernel)
{
    auto& memory = kernel.memory();
    const auto active_at = kernel.symbols().variable("bh_active");
    const auto marked = memory.load_word(active_at) & memory.load_word(kernel.symbols().variable("bh_mask"));
    if (!marked) return;
    memory.store_word(active_at, memory.load_word(active_at) & ~marked);
    for (std::int32_t number = 0; number < bottom_halves; ++number)
        if (marked >> number & 1) run_bottom_half(kernel, number);
}

void tick(Kernel& kernel)
{
    run_task_queue_deferred(kernel, kernel.symbols().variable("tq_timer"));
    if (kernel.machine().release().is_2_2()) run_marked(kernel);
}

constexpr Export functions[] = {
    full<run_task_queue>("__run_task_queue", since_2_4),
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

constexpr DataExport data[] = {
    {"tq_immediate", queue_bytes, init_queue},
    {"tq_timer", queue_bytes, init_queue},
    {"tq_disk", queue_bytes, init_queue},
    {"tq_scheduler", queue_bytes, nullptr, only_2_2},
    {"bh_active", [](Kernel& kernel) -> std::uint64_t { return kernel.arch().word_bytes; }, nullptr, only_2_2},
    {"bh_mask", [](Kernel& kernel) -> std::uint64_t { return kernel.arch().word_bytes; },
     [](Kernel& kernel, GuestAddr at) {
         kernel.memory().store_word(at, std::uint64_t{1} << immediate_bh(kernel) | std::uint64_t{1} << timer_queue_bh(kernel));
     },
     only_2_2},
    {"bh_mask_count", [](Kernel&) -> std::uint64_t { return 4 * bottom_halves; }, nullptr, only_2_2},
    {"bh_base", [](Kernel& kernel) -> std::uint64_t { return bottom_halves * kernel.arch().word_bytes; }, nullptr, only_2_2},
    {"bh_task_vec", [](Kernel& kernel) -> std::uint64_t { return bottom_halves * kernel.layouts().size("struct tasklet_struct"); },
     nullptr, since_2_4},
};

void search_events(LeftBehindSearch& search)
{
    for (const auto& row : search.kernel.machine().table<KeventdRow>())
        if (!search.holds(row.task))
            search.check("keventd", "the routine of a task",
                         GuestStruct(search.kernel, "struct tq_struct", {row.task}).get("routine"));
}

void tell(RowVisitor& visitor, const BottomHalfRow& row) { visitor.pointer("the routine of a bottom half", row.routine); }
void tell(RowVisitor& visitor, const KeventdRow& row) { visitor.pointer("a struct tq_struct", row.task); }
constexpr TableKind tables[] = {table<BottomHalfRow, tell>("bottom halves"), table<KeventdRow, tell>("keventd")};

} // namespace

void run_task_queue_deferred(Kernel& kernel, GuestAddr queue)
{
    while (const auto task = take_task(kernel, queue)) {
        const auto call = begin_task(kernel, task);
        if (call.function) kernel.softirqs().defer(call.function, call.arguments[0], {}, "task queue");
    }
}

void set_bottom_half(Kernel& kernel, std::int32_t number, GuestAddr routine)
{
    auto rows = kernel.machine().table<BottomHalfRow>();
    if (auto* row = rows.find_if([&](const BottomHalfRow& r) { return r.number == number; })) rows.erase(*row);
    if (!routine || number < 0 || number >= bottom_halves) return;
    auto* row = &rows.insert_or_throw();
    row->number = number;
    row->routine = routine.value;
}

void schedule_tasklet(Kernel& kernel, GuestAddr tasklet)
{
    GuestStruct fields(kernel, "struct tasklet_struct", tasklet);
    const auto index = (tasklet - kernel.symbols().variable("bh_task_vec")) / fields.bytes();
    if (index < bottom_halves) { // mark_bh
        fields.set("state", fields.get("state") & ~std::uint64_t{1});
        return run_bottom_half(kernel, static_cast<std::int32_t>(index));
    }
    if (!kernel.softirqs().pending(tasklet))
        kernel.softirqs().defer(fields.pointer("func"), fields.get("data"), tasklet, "tasklet");
}

extern const Family linux_tqueue{
    .header = "linux/tqueue.h", .functions = functions, .data = data, .steps = steps, .tick = tick,
    .keeps = {.tables = tables, .search = search_events}};

} // namespace retromod
