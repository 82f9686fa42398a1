// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"
#include "emu/kernel/thread.h"

#include <functional>
#include <utility>

namespace retromod {

// Deferred work of interrupts, in the kernel's order. What waits lies in guest memory, where module code puts it: the
// tasklets of tasklet_vec and tasklet_hi_vec, the bits of irq_stat, 2.2's bh_active. It runs when an interrupt is over
// (the timer's is the only one here), in ksoftirqd, and in 2.2.1 and 2.4.0 in schedule() and at the end of a system call.
// Source: kernel/softirq.c, kernel/timer.c, arch/i386/kernel/{irq.c,entry.S} of 2.2.1, 2.4.0, 2.4.18-14 and 2.4.37.11.

/// Numbers of softirqs. Source: include/linux/interrupt.h of 2.4.
namespace softirq_number {
constexpr unsigned hi = 0, net_tx = 1, net_rx = 2, tasklet = 3;
constexpr std::uint32_t all = 0xf;
}

/// Bits of struct tasklet_struct's `state`.
namespace tasklet_state {
constexpr std::uint64_t scheduled = 1, running = 2; // running: SMP kernels only
}

/// What a kernel does with softirqs outside interrupts.
bool has_ksoftirqd(Kernel& kernel);            ///< 2.4.18-14 and later
bool runs_softirqs_in_schedule(Kernel& kernel); ///< before

/// __tasklet_schedule and __tasklet_hi_schedule: puts a tasklet, whose bit TASKLET_STATE_SCHED is set, first in its list.
void tasklet_schedule(Kernel& kernel, GuestAddr tasklet);
void tasklet_hi_schedule(Kernel& kernel, GuestAddr tasklet);
/// cpu_raise_softirq: wakes ksoftirqd outside interrupts.
void raise_softirq(Kernel& kernel, unsigned softirq);

/// Whether do_softirq would find something that can run. Tasklets that are disabled cannot.
bool has_softirq_work(Kernel& kernel);
/// Calls visit(tasklet) for each tasklet that waits.
void for_each_tasklet(Kernel& kernel, const std::function<void(GuestAddr)>& visit);

/// The timer's interrupt: do_timer marks what the tick makes due.
class Softirqs {
public:
    explicit Softirqs(Kernel& kernel) : kernel_(kernel) {}
    void timer_interrupt();
    /// Whether an interrupt came whose end was not delivered yet; it is from here on.
    bool take_interrupt() { return std::exchange(came_, false); }
    bool interrupt_came() const { return came_; }

private:
    Kernel& kernel_;
    bool came_ = false;
};

constexpr std::string_view softirq_step = "softirq", ksoftirqd_step = "ksoftirqd";

/// do_softirq, and do_bottom_half of 2.2; nothing in interrupt context.
Step do_softirq(Kernel& kernel, Frame& frame);
/// The thread that runs softirqs that nobody else does; ends when there are none.
Step ksoftirqd(Kernel& kernel, Frame& frame);
/// Whether that thread is the ksoftirqd.
bool is_ksoftirqd(const ThreadRow& thread);
/// Whether a frame of that thread holds bottom halves disabled while it runs softirqs.
bool runs_softirqs(ThreadRow& thread);

} // namespace retromod
