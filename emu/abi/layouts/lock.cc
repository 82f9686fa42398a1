// SPDX-License-Identifier: GPL-2.0-or-later
// Locks, lists and wait queues: linux/list.h, linux/wait.h, asm/semaphore.h, asm/spinlock.h.
#include "emu/abi/layouts/tables.h"

namespace retromod::layouts {
namespace {

using enum LayoutVersion;

constexpr Member atomic_t_rows[] = {
    {"counter", "volatile int", {.since = v2_4_0, .arches = cpu::all_but(cpu::m68k)}},
    {"counter", "volatile int", {.until = v2_2_26, .smp = Smp::yes, .arches = cpu::all_but(cpu::m68k)}},
    {"counter", "int", {.until = v2_2_26, .smp = Smp::no, .arches = cpu::all_but(cpu::m68k)}},
    {"counter", "int", {.arches = cpu::m68k}},
};

constexpr Member spinlock_t_rows[] = {
    {"lock", "volatile unsigned int", {.smp = Smp::yes}},
    {"gcc_is_buggy", "int", {.since = v2_4_0, .smp = Smp::no, .gcc = Gcc::v2}},
};

constexpr Member rwlock_t_rows[] = {
    {"lock", "volatile unsigned int", {.smp = Smp::yes}},
    {"previous", "long unsigned int", {.until = v2_2_26, .smp = Smp::yes}},
    {"gcc_is_buggy", "int", {.since = v2_4_0, .until = v2_4_18_14, .smp = Smp::no, .gcc = Gcc::v2}},
};

constexpr Member list_head_rows[] = {
    {"next", "struct list_head*"},
    {"prev", "struct list_head*"},
};

constexpr Member semaphore_rows[] = {
    {"count", "atomic_t"},
    {"sleepers", "int", {.since = v2_4_0, .arches = cpu::all_but(cpu::ppc)}},
    {"owner", "long unsigned int", {.until = v2_2_1}},
    {"owner_depth", "long unsigned int", {.until = v2_2_1}},
    {"waking", "int", {.until = v2_2_26}},
    {"wait", "struct wait_queue*", {.until = v2_2_26}},
    {"wait", "wait_queue_head_t", {.since = v2_4_0}},
};

constexpr Member semaphore_alpha_m68k_rows[] = {
    {"count", "atomic_t"},
    {"waking", "atomic_t"},
    {"wait", "wait_queue_head_t"},
};

constexpr Member semaphore_mips_rows[] = {
    {"waking", "atomic_t"},
    {"count", "atomic_t"},
    {"wait", "wait_queue_head_t"},
};

constexpr Member rw_semaphore_rows[] = {
    {"count", "atomic_t", {.until = v2_4_0}},
    {"count", "long int", {.since = v2_4_18_14}},
    {"wait_lock", "spinlock_t", {.since = v2_4_18_14}},
    {"wait_list", "struct list_head", {.since = v2_4_18_14}},
    {"write_bias_granted", "volatile unsigned char", {.until = v2_4_0}},
    {"read_bias_granted", "volatile unsigned char", {.until = v2_4_0}},
    {"pad1", "volatile unsigned char", {.until = v2_4_0}},
    {"pad2", "volatile unsigned char", {.until = v2_4_0}},
    {"wait", "wait_queue_head_t", {.until = v2_4_0}},
    {"write_bias_wait", "wait_queue_head_t", {.until = v2_4_0}},
};

constexpr Member rw_semaphore_generic_rows[] = {
    {"activity", "__s32"},
    {"wait_lock", "spinlock_t"},
    {"wait_list", "struct list_head"},
};

constexpr Member wait_queue_head_rows[] = {
    {"lock", "spinlock_t"},
    {"task_list", "struct list_head"},
};

constexpr Member wait_queue_entry_rows[] = {
    {"flags", "unsigned int"},
    {"task", "struct task_struct*"},
    {"task_list", "struct list_head"},
};

constexpr Member wait_queue_rows[] = {
    {"task", "struct task_struct*"},
    {"next", "struct wait_queue*"},
};

constexpr Member completion_rows[] = {
    {"done", "unsigned int"},
    {"wait", "wait_queue_head_t"},
};

constexpr Structure table[] = {
    {"atomic_t", atomic_t_rows},
    {"spinlock_t", spinlock_t_rows},
    {"rwlock_t", rwlock_t_rows},
    {"struct list_head", list_head_rows},
    {"struct semaphore", semaphore_rows, {.arches = cpu::i386 | cpu::arm | cpu::ppc | cpu::sparc | cpu::x86_64}},
    {"struct semaphore", semaphore_alpha_m68k_rows, {.arches = cpu::alpha | cpu::m68k}},
    {"struct semaphore", semaphore_mips_rows, {.arches = cpu::mips}, 8},
    {"struct rw_semaphore", rw_semaphore_rows, {.since = v2_4_0, .arches = cpu::i386 | cpu::alpha | cpu::ppc}},
    {"struct rw_semaphore", rw_semaphore_generic_rows, {.arches = cpu::arm | cpu::m68k | cpu::mips | cpu::sparc | cpu::x86_64}},
    {"struct __wait_queue_head", wait_queue_head_rows, {.since = v2_4_0}},
    {"struct __wait_queue", wait_queue_entry_rows, {.since = v2_4_0}},
    {"struct wait_queue", wait_queue_rows, {.until = v2_2_26}},
    {"struct completion", completion_rows, {.since = v2_4_18_14}},
};

} // namespace

std::span<const Structure> lock_structures() { return table; }

} // namespace retromod::layouts
