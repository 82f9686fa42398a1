// SPDX-License-Identifier: GPL-2.0-or-later
// Softirqs: tasklets, bottom halves, timers.
#include "emu/kernel/softirqs.h"

#include "emu/kernel/bottom_half.h"
#include "emu/kernel/guest_list.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/irq_stat.h"
#include "emu/kernel/task_queue.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/threads.h"
#include "emu/kernel/timers.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/trouble.h"
#include "emu/kernel/thread.h"

#include <algorithm>
#include <bit>

namespace retromod {
namespace {

constexpr std::uint32_t ksoftirqd_pid = 3;
constexpr std::string_view normal_list = "tasklet_vec", high_list = "tasklet_hi_vec";

/// Where do_softirq is; kept in its frame.
struct SoftirqRun {
    enum class Inside : std::uint32_t { nothing, call, timers, tasks };
    std::uint32_t began;   ///< bottom halves are disabled by us
    std::uint32_t active;  ///< softirqs of this pass that did not run yet; of 2.2 bottom halves
    std::uint32_t allowed; ///< softirqs that may start another pass: those of no pass before
    Inside inside;         ///< what the guest's function that ran last belonged to
    std::uint32_t from_high_list;
    std::uint32_t reserved;
    std::uint64_t tasklet; ///< that runs, 0 for none
    std::uint64_t list;    ///< the next tasklet of those taken off their list
    TaskQueueRun tasks;    ///< of the bottom half that runs
};

GuestStruct tasklet_at(Kernel& kernel, std::uint64_t at) { return {kernel, "struct tasklet_struct", {at}}; }

void put_first(Kernel& kernel, std::string_view list, GuestAddr tasklet)
{
    const auto head = kernel.symbols().find_variable(list);
    if (!head) return;
    tasklet_at(kernel, tasklet.value).set("next", kernel.memory().load_pointer(*head));
    kernel.memory().store_word(*head, tasklet.value);
}

std::uint64_t take_all(Kernel& kernel, std::string_view list)
{
    const auto head = kernel.symbols().find_variable(list);
    if (!head) return 0;
    const auto first = kernel.memory().load_word(*head);
    kernel.memory().store_word(*head, 0);
    return first;
}

/// Calls visit(tasklet) for each one in a list until it returns false.
template <class Visit>
void for_each_in(Kernel& kernel, std::string_view list, Visit visit)
{
    const auto head = kernel.symbols().find_variable(list);
    if (!head) return;
    std::size_t steps = 0;
    for (auto at = kernel.memory().load_pointer(*head); at && visit(at); at = tasklet_at(kernel, at.value).pointer("next"))
        if (++steps > guest_list::walk_limit) throw KernelHang{"the list of tasklets is a circle"};
}

bool has_enabled_tasklet(Kernel& kernel, std::string_view list)
{
    bool found = false;
    for_each_in(kernel, list, [&](GuestAddr at) {
        found = tasklet_at(kernel, at.value).get_int("count.counter") == 0;
        return !found;
    });
    return found;
}

/// The number of the bottom half that a tasklet of the kernel's own stands for; nothing for any other tasklet.
std::optional<std::int32_t> bottom_half_of(Kernel& kernel, std::uint64_t tasklet)
{
    const auto first = kernel.symbols().find_variable("bh_task_vec");
    if (!first || tasklet < first->value) return std::nullopt;
    const auto index = (tasklet - first->value) / kernel.layouts().size("struct tasklet_struct");
    return index < bottom_half_limit ? std::optional(static_cast<std::int32_t>(index)) : std::nullopt;
}

/// Source: run_timer_list of kernel/timer.c.
std::optional<CallGuest> take_due_timer(Kernel& kernel)
{
    const auto timer = kernel.timers().take_due();
    if (!timer) return std::nullopt;
    const GuestStruct fields(kernel, "struct timer_list", *timer);
    return CallGuest{fields.pointer("function"), {fields.get("data")}, 1, "timer"};
}

/// What a bottom half does first; nothing when it has no more to do.
std::optional<CallGuest> begin_bottom_half(Kernel& kernel, SoftirqRun& run, std::int32_t number)
{
    const auto own = bottom_half_routine(kernel, number);
    const auto& numbers = bottom_half_numbers(kernel);
    run.inside = SoftirqRun::Inside::call;
    if (own) return CallGuest{own, {}, 0, "bottom half"};
    if (number == numbers.timer) {
        run.inside = SoftirqRun::Inside::timers;
        return take_due_timer(kernel);
    }
    if (number != numbers.timer_queue && number != numbers.immediate) return std::nullopt;
    run.inside = SoftirqRun::Inside::tasks;
    run.tasks = detach_task_queue(kernel, kernel.symbols().variable(number == numbers.immediate ? "tq_immediate" : "tq_timer"));
    return run.tasks.take(kernel);
}

/// What comes next in the bottom half or tasklet that is under way.
std::optional<CallGuest> go_on_inside(Kernel& kernel, SoftirqRun& run)
{
    std::optional<CallGuest> next;
    if (run.inside == SoftirqRun::Inside::timers) next = take_due_timer(kernel);
    if (run.inside == SoftirqRun::Inside::tasks) next = run.tasks.take(kernel);
    if (next) return next;
    run.inside = SoftirqRun::Inside::nothing;
    if (run.tasklet && kernel.machine().smp()) {
        auto tasklet = tasklet_at(kernel, run.tasklet);
        tasklet.set("state", tasklet.get("state") & ~tasklet_state::running);
    }
    run.tasklet = 0;
    return std::nullopt;
}

/// A tasklet may be scheduled again from the moment it begins.
std::optional<CallGuest> begin_tasklet(Kernel& kernel, SoftirqRun& run)
{
    auto tasklet = tasklet_at(kernel, run.list);
    run.list = tasklet.get("next");
    if (tasklet.get_int("count.counter") != 0) { // disabled: it waits for its turn again
        put_first(kernel, run.from_high_list ? high_list : normal_list, tasklet.at());
        IrqStat(kernel).raise(run.from_high_list ? softirq_number::hi : softirq_number::tasklet);
        return std::nullopt;
    }
    const auto busy = kernel.machine().smp() ? tasklet_state::running : 0;
    tasklet.set("state", (tasklet.get("state") & ~tasklet_state::scheduled) | busy);
    run.tasklet = tasklet.at().value;
    if (const auto number = bottom_half_of(kernel, run.tasklet)) return begin_bottom_half(kernel, run, *number);
    run.inside = SoftirqRun::Inside::call;
    return CallGuest{tasklet.pointer("func"), {tasklet.get("data")}, 1, "tasklet"};
}

/// The lowest softirq of this pass. The network's have nothing to do here.
void begin_softirq(Kernel& kernel, SoftirqRun& run)
{
    const auto number = static_cast<unsigned>(std::countr_zero(run.active));
    run.active &= run.active - 1;
    run.from_high_list = number == softirq_number::hi;
    if (number == softirq_number::hi || number == softirq_number::tasklet)
        run.list = take_all(kernel, run.from_high_list ? high_list : normal_list);
}

void wake_ksoftirqd(Kernel& kernel)
{
    if (!has_ksoftirqd(kernel) || kernel.machine().table<ThreadRow>().find_if(is_ksoftirqd)) return;
    kernel.threads().start_step(ksoftirqd_step, "ksoftirqd_CPU0", ksoftirqd_pid);
}

/// Takes what is pending and was in no pass before. False: there is nothing.
bool begin_pass(Kernel& kernel, SoftirqRun& run)
{
    IrqStat stat(kernel);
    const bool is_2_2 = kernel.machine().release().is_2_2();
    const auto pending = is_2_2 ? take_active_bottom_halves(kernel) : stat.pending();
    if (!(pending & run.allowed)) return false;
    // 2.4.0 takes what no pass had before; later kernels take all of it.
    run.active = is_2_2 || has_ksoftirqd(kernel) ? pending : pending & run.allowed;
    run.allowed = is_2_2 ? 0 : run.allowed & ~run.active;
    if (!is_2_2) stat.clear(run.active);
    return true;
}

std::optional<CallGuest> next_call(Kernel& kernel, SoftirqRun& run)
{
    while (true) {
        if (run.inside != SoftirqRun::Inside::nothing) {
            if (const auto call = go_on_inside(kernel, run)) return call;
        } else if (run.list) {
            if (const auto call = begin_tasklet(kernel, run)) return call;
        } else if (run.active && kernel.machine().release().is_2_2()) {
            const auto number = std::countr_zero(run.active);
            run.active &= run.active - 1;
            if (const auto call = begin_bottom_half(kernel, run, number)) return call;
        } else if (run.active) {
            begin_softirq(kernel, run);
        } else if (!begin_pass(kernel, run)) {
            return std::nullopt;
        }
    }
}

} // namespace

bool has_ksoftirqd(Kernel& kernel) { return kernel.machine().release().exports >= LayoutVersion::v2_4_18_14; }
bool runs_softirqs_in_schedule(Kernel& kernel) { return !has_ksoftirqd(kernel); }

void tasklet_schedule(Kernel& kernel, GuestAddr tasklet)
{
    put_first(kernel, normal_list, tasklet);
    raise_softirq(kernel, softirq_number::tasklet);
}

void tasklet_hi_schedule(Kernel& kernel, GuestAddr tasklet)
{
    put_first(kernel, high_list, tasklet);
    raise_softirq(kernel, softirq_number::hi);
}

void raise_softirq(Kernel& kernel, unsigned softirq)
{
    IrqStat stat(kernel);
    stat.raise(softirq);
    if (!stat.in_interrupt()) wake_ksoftirqd(kernel);
}

bool has_softirq_work(Kernel& kernel)
try {
    if (kernel.machine().release().is_2_2()) return has_active_bottom_halves(kernel);
    const auto pending = IrqStat(kernel).pending();
    if (!pending) return false;
    return (pending >> softirq_number::hi & 1 && has_enabled_tasklet(kernel, high_list))
           || (pending >> softirq_number::tasklet & 1 && has_enabled_tasklet(kernel, normal_list));
} catch (const KernelFault&) {
    return true; // whoever runs them meets it
} catch (const KernelHang&) {
    return true;
}

void for_each_tasklet(Kernel& kernel, const std::function<void(GuestAddr)>& visit)
{
    for (const auto list : {high_list, normal_list})
        for_each_in(kernel, list, [&](GuestAddr at) { return visit(at), true; });
}

void Softirqs::timer_interrupt()
{
    IrqStat stat(kernel_);
    stat.irq_enter();
    const auto& numbers = bottom_half_numbers(kernel_);
    if (kernel_.timers().due()) mark_bh(kernel_, numbers.timer);
    const auto queue = kernel_.symbols().find_variable("tq_timer");
    if (queue && is_task_queue_active(kernel_, *queue)) mark_bh(kernel_, numbers.timer_queue);
    stat.irq_exit();
    came_ = true;
}

Step do_softirq(Kernel& kernel, Frame& frame)
{
    auto& run = frame.local<SoftirqRun>();
    IrqStat stat(kernel);
    if (!frame.phase++) {
        if (stat.in_interrupt()) return Return{};
        stat.local_bh_disable();
        run.began = 1;
        run.allowed = ~std::uint32_t{0};
    }
    if (const auto call = next_call(kernel, run)) return *call;
    stat.local_bh_enable();
    run.began = 0;
    if (stat.pending() && has_softirq_work(kernel)) wake_ksoftirqd(kernel);
    return Return{};
}

/// After each pass others have their turn.
Step ksoftirqd(Kernel& kernel, Frame& frame)
{
    if (!frame.phase && !has_softirq_work(kernel)) return Exit{};
    const auto step = do_softirq(kernel, frame);
    if (!std::holds_alternative<Return>(step)) return step;
    frame.phase = 0;
    frame.local<SoftirqRun>() = {};
    return has_softirq_work(kernel) ? Step{Sleep{"softirqs"}} : Step{Exit{}};
}

bool is_ksoftirqd(const ThreadRow& thread)
{
    return thread.depth && thread.frames[0].step == step_key(ksoftirqd_step) && thread.state != ThreadState::dead;
}

bool runs_softirqs(ThreadRow& thread)
{
    constexpr std::uint32_t runners[] = {step_key(softirq_step), step_key(ksoftirqd_step), step_key("do_softirq"),
                                         step_key("do_softirq_thunk"), step_key("__do_softirq")};
    return std::ranges::any_of(std::span(thread.frames).first(thread.depth), [&](Frame& frame) {
        return std::ranges::find(runners, frame.step) != std::end(runners) && frame.local<SoftirqRun>().began;
    });
}

} // namespace retromod
