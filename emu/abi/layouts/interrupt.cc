// SPDX-License-Identifier: GPL-2.0-or-later
// Interrupts, timers and deferred work: linux/interrupt.h, linux/timer.h, linux/tqueue.h, linux/irq.h.
#include "emu/abi/layouts/tables.h"

namespace retromod::layouts {
namespace {

using enum LayoutVersion;

constexpr Member timer_list_rows[] = {
    {"next", "struct timer_list*", {.until = v2_2_26}},
    {"prev", "struct timer_list*", {.until = v2_2_26}},
    {"list", "struct list_head", {.since = v2_4_0}},
    {"expires", "long unsigned int"},
    {"data", "long unsigned int"},
    {"function", "fn void(long unsigned int)*"},
};

constexpr Member tq_struct_rows[] = {
    {"next", "struct tq_struct*", {.until = v2_2_26}},
    {"list", "struct list_head", {.since = v2_4_0}},
    {"sync", "long unsigned int"},
    {"routine", "fn void(void*)*"},
    {"data", "void*"},
};

constexpr Member tasklet_struct_rows[] = {
    {"next", "struct tasklet_struct*"},
    {"state", "long unsigned int"},
    {"count", "atomic_t"},
    {"func", "fn void(long unsigned int)*"},
    {"data", "long unsigned int"},
};

constexpr Member softirq_action_rows[] = {
    {"action", "fn void(struct softirq_action*)*"},
    {"data", "void*"},
};

constexpr Member irqaction_rows[] = {
    {"handler", "fn void(int,void*,struct pt_regs*)*"},
    {"flags", "long unsigned int"},
    {"mask", "long unsigned int"},
    {"name", "const char*"},
    {"dev_id", "void*"},
    {"next", "struct irqaction*"},
};

constexpr Member irq_cpustat_t_rows[] = {
    {"__softirq_active", "unsigned int", {.until = v2_4_0}},
    {"__softirq_mask", "unsigned int", {.until = v2_4_0}},
    {"__softirq_pending", "unsigned int", {.since = v2_4_18_14}},
    {"__local_irq_count", "unsigned int"},
    {"__local_bh_count", "unsigned int"},
    {"__syscall_count", "unsigned int"},
    {"__ksoftirqd_task", "struct task_struct*", {.since = v2_4_18_14}},
    {"idle_timestamp", "long unsigned int", {.vendor = Vendor::yes}},
    {"__nmi_count", "unsigned int"},
    {"apic_timer_irqs", "unsigned int", {.smp = Smp::yes, .vendor = Vendor::yes}},
};

constexpr Member irq_cpustat_t_alpha_rows[] = {
    {"__softirq_pending", "long unsigned int"},
    {"__local_irq_count", "unsigned int"},
    {"__local_bh_count", "unsigned int"},
    {"__syscall_count", "unsigned int"},
    {"__ksoftirqd_task", "struct task_struct*"},
};

constexpr Member irq_cpustat_t_arm_m68k_mips_rows[] = {
    {"__softirq_pending", "unsigned int"},
    {"__local_irq_count", "unsigned int"},
    {"__local_bh_count", "unsigned int"},
    {"__syscall_count", "unsigned int"},
    {"__ksoftirqd_task", "struct task_struct*"},
};

constexpr Member irq_cpustat_t_ppc_rows[] = {
    {"__softirq_pending", "long unsigned int"},
    {"__local_irq_count", "unsigned int"},
    {"__local_bh_count", "unsigned int"},
    {"__syscall_count", "unsigned int"},
    {"__ksoftirqd_task", "struct task_struct*"},
    {"__last_jiffy_stamp", "unsigned int"},
    {"__heartbeat_count", "unsigned int"},
    {"__heartbeat_reset", "unsigned int"},
};

constexpr Member irq_cpustat_t_sparc_rows[] = {
    {"__softirq_pending", "unsigned int"},
    {"__unused_1", "unsigned int"},
    {"__local_irq_count", "unsigned int"},
    {"__local_bh_count", "unsigned int"},
    {"__syscall_count", "unsigned int"},
    {"__ksoftirqd_task", "struct task_struct*"},
};

constexpr Member irq_desc_t_rows[] = {
    {"status", "unsigned int"},
    {"handler", "hw_irq_controller*"},
    {"action", "struct irqaction*"},
    {"depth", "unsigned int"},
    {"lock", "spinlock_t"},
};

constexpr Member hw_interrupt_type_rows[] = {
    {"typename", "const char*"},
    {"startup", "fn unsigned int(unsigned int)*"},
    {"shutdown", "fn void(unsigned int)*"},
    {"enable", "fn void(unsigned int)*"},
    {"disable", "fn void(unsigned int)*"},
    {"ack", "fn void(unsigned int)*"},
    {"end", "fn void(unsigned int)*"},
    {"set_affinity", "fn void(unsigned int,long unsigned int)*"},
};

constexpr Member timespec_rows[] = {
    {"tv_sec", "time_t"},
    {"tv_nsec", "long int"},
};

constexpr Member timeval_rows[] = {
    {"tv_sec", "time_t"},
    {"tv_usec", "suseconds_t"},
};

constexpr Structure table[] = {
    {"struct timer_list", timer_list_rows},
    {"struct tq_struct", tq_struct_rows},
    {"struct tasklet_struct", tasklet_struct_rows, {.since = v2_4_0}},
    {"struct softirq_action", softirq_action_rows, {.since = v2_4_0}},
    {"struct irqaction", irqaction_rows},
    {"irq_cpustat_t", irq_cpustat_t_rows, {.since = v2_4_0, .arches = cpu::i386}, 32},
    {"irq_cpustat_t", irq_cpustat_t_rows, {.since = v2_4_20, .arches = cpu::x86_64}, 64},
    {"irq_cpustat_t", irq_cpustat_t_alpha_rows, {.arches = cpu::alpha}, 64},
    {"irq_cpustat_t", irq_cpustat_t_arm_m68k_mips_rows, {.arches = cpu::arm | cpu::m68k | cpu::mips}, 32},
    {"irq_cpustat_t", irq_cpustat_t_ppc_rows, {.arches = cpu::ppc}},
    {"irq_cpustat_t", irq_cpustat_t_sparc_rows, {.arches = cpu::sparc}, 32},
    {"irq_desc_t", irq_desc_t_rows, {.since = v2_4_0, .arches = cpu::i386 | cpu::mips}, 32},
    {"irq_desc_t", irq_desc_t_rows, {.since = v2_4_20, .arches = cpu::x86_64}, 64},
    {"struct hw_interrupt_type", hw_interrupt_type_rows, {.since = v2_4_0, .arches = cpu::i386 | cpu::mips | cpu::x86_64}},
    {"struct timespec", timespec_rows},
    {"struct timeval", timeval_rows},
};

} // namespace

std::span<const Structure> interrupt_structures() { return table; }

} // namespace retromod::layouts
