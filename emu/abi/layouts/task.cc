// SPDX-License-Identifier: GPL-2.0-or-later
// Processes: linux/sched.h, linux/binfmts.h, linux/personality.h.
#include "emu/abi/layouts/tables.h"

namespace retromod::layouts {
namespace {

using enum LayoutVersion;

constexpr Member task_struct_rows[] = {
    {"state", "volatile long int"},
    {"flags", "long unsigned int"},
    {"sigpending", "int"},
    {"addr_limit", "mm_segment_t"},
    {"exec_domain", "struct exec_domain*"},
    {"need_resched", "long int", {.until = v2_2_1}},
    {"need_resched", "volatile long int", {.since = v2_4_0}},
    {"ptrace", "long unsigned int", {.since = v2_4_0}},
    {"lock_depth", "int", {.since = v2_4_0}},
    {"counter", "long int", {.vendor = Vendor::no}},
    {"priority", "long int", {.until = v2_2_1}},
    {"avg_slice", "cycles_t", {.until = v2_2_1}},
    {"nice", "long int", {.since = v2_4_0, .vendor = Vendor::no}},
    {"cpu", "unsigned int", {.vendor = Vendor::yes}},
    {"prio", "int", {.vendor = Vendor::yes}},
    {"static_prio", "int", {.vendor = Vendor::yes}},
    {"run_list", "list_t", {.vendor = Vendor::yes}},
    {"array", "prio_array_t*", {.vendor = Vendor::yes}},
    {"sleep_avg", "long unsigned int", {.vendor = Vendor::yes}},
    {"sleep_timestamp", "long unsigned int", {.vendor = Vendor::yes}},
    {"policy", "long unsigned int", {.since = v2_4_0}},
    {"cpus_allowed", "long unsigned int", {.vendor = Vendor::yes}},
    {"time_slice", "unsigned int", {.vendor = Vendor::yes}},
    {"first_time_slice", "unsigned int", {.vendor = Vendor::yes}},
    {"next_task", "task_t*", {.vendor = Vendor::yes}},
    {"prev_task", "task_t*", {.vendor = Vendor::yes}},
    {"mm", "struct mm_struct*", {.since = v2_4_0}},
    {"has_cpu", "int", {.until = v2_4_0}},
    {"processor", "int", {.vendor = Vendor::no}},
    {"last_processor", "int", {.until = v2_2_1}},
    {"lock_depth", "int", {.until = v2_2_1}},
    {"cpus_runnable", "long unsigned int", {.since = v2_4_22}},
    {"cpus_allowed", "long unsigned int", {.since = v2_4_0, .vendor = Vendor::no}},
    {"run_list", "struct list_head", {.since = v2_4_0, .vendor = Vendor::no}},
    {"sleep_time", "long unsigned int", {.since = v2_4_0, .vendor = Vendor::no}},
    {"next_task", "struct task_struct*", {.vendor = Vendor::no}},
    {"prev_task", "struct task_struct*", {.vendor = Vendor::no}},
    {"next_run", "struct task_struct*", {.until = v2_2_1}},
    {"prev_run", "struct task_struct*", {.until = v2_2_1}},
    {"active_mm", "struct mm_struct*", {.since = v2_4_0}},
    {"local_pages", "struct list_head", {.since = v2_4_22}},
    {"allocation_order", "unsigned int", {.since = v2_4_22}},
    {"nr_local_pages", "unsigned int", {.since = v2_4_22}},
    {"binfmt", "struct linux_binfmt*"},
    {"exit_code", "int"},
    {"exit_signal", "int"},
    {"pdeath_signal", "int"},
    {"personality", "long unsigned int"},
    {"dumpable", "int:1", {.until = v2_4_0}},
    {"did_exec", "int:1"},
    {"task_dumpable", "unsigned int:1", {.since = v2_4_22}},
    {"pid", "pid_t"},
    {"pgrp", "pid_t"},
    {"tty_old_pgrp", "pid_t"},
    {"session", "pid_t"},
    {"tgid", "pid_t", {.since = v2_4_0}},
    {"leader", "int"},
    {"p_opptr", "struct task_struct*", {.vendor = Vendor::no}},
    {"p_opptr", "task_t*", {.vendor = Vendor::yes}},
    {"p_pptr", "struct task_struct*", {.vendor = Vendor::no}},
    {"p_pptr", "task_t*", {.vendor = Vendor::yes}},
    {"p_cptr", "struct task_struct*", {.vendor = Vendor::no}},
    {"p_cptr", "task_t*", {.vendor = Vendor::yes}},
    {"p_ysptr", "struct task_struct*", {.vendor = Vendor::no}},
    {"p_ysptr", "task_t*", {.vendor = Vendor::yes}},
    {"p_osptr", "struct task_struct*", {.vendor = Vendor::no}},
    {"p_osptr", "task_t*", {.vendor = Vendor::yes}},
    {"thread_group", "struct list_head", {.since = v2_4_0}},
    {"pidhash_next", "struct task_struct*", {.vendor = Vendor::no}},
    {"pidhash_next", "task_t*", {.vendor = Vendor::yes}},
    {"pidhash_pprev", "struct task_struct**", {.vendor = Vendor::no}},
    {"pidhash_pprev", "task_t**", {.vendor = Vendor::yes}},
    {"tarray_ptr", "struct task_struct**", {.until = v2_2_1}},
    {"wait_chldexit", "struct wait_queue*", {.until = v2_2_1}},
    {"wait_chldexit", "wait_queue_head_t", {.since = v2_4_0}},
    {"vfork_sem", "struct semaphore*", {.until = v2_4_0}},
    {"policy", "long unsigned int", {.until = v2_2_1}},
    {"vfork_done", "struct completion*", {.since = v2_4_18_14}},
    {"rt_priority", "long unsigned int"},
    {"it_real_value", "long unsigned int"},
    {"it_prof_value", "long unsigned int"},
    {"it_virt_value", "long unsigned int"},
    {"it_real_incr", "long unsigned int"},
    {"it_prof_incr", "long unsigned int"},
    {"it_virt_incr", "long unsigned int"},
    {"real_timer", "struct timer_list"},
    {"times", "struct tms"},
    {"start_time", "long unsigned int"},
    {"per_cpu_utime", "long int[32]", {.smp = Smp::yes}},
    {"per_cpu_utime", "long int[1]", {.smp = Smp::no}},
    {"per_cpu_stime", "long int[32]", {.smp = Smp::yes}},
    {"per_cpu_stime", "long int[1]", {.smp = Smp::no}},
    {"min_flt", "long unsigned int"},
    {"maj_flt", "long unsigned int"},
    {"nswap", "long unsigned int"},
    {"cmin_flt", "long unsigned int"},
    {"cmaj_flt", "long unsigned int"},
    {"cnswap", "long unsigned int"},
    {"swappable", "int:1"},
    {"swap_address", "long unsigned int", {.until = v2_2_1}},
    {"swap_cnt", "long unsigned int", {.until = v2_2_1}},
    {"uid", "uid_t"},
    {"euid", "uid_t"},
    {"suid", "uid_t"},
    {"fsuid", "uid_t"},
    {"gid", "gid_t"},
    {"egid", "gid_t"},
    {"sgid", "gid_t"},
    {"fsgid", "gid_t"},
    {"ngroups", "int"},
    {"groups", "gid_t[32]"},
    {"cap_effective", "kernel_cap_t"},
    {"cap_inheritable", "kernel_cap_t"},
    {"cap_permitted", "kernel_cap_t"},
    {"keep_capabilities", "int:1", {.since = v2_4_0}},
    {"user", "struct user_struct*"},
    {"rlim", "struct rlimit[10]", {.until = v2_2_1}},
    {"rlim", "struct rlimit[11]", {.since = v2_4_0}},
    {"used_math", "short unsigned int"},
    {"comm", "char[16]"},
    {"link_count", "int"},
    {"total_link_count", "int", {.since = v2_4_18_14}},
    {"tty", "struct tty_struct*"},
    {"locks", "unsigned int", {.since = v2_4_0}},
    {"semundo", "struct sem_undo*"},
    {"semsleeping", "struct sem_queue*"},
    {"tss", "struct thread_struct", {.until = v2_2_1}},
    {"thread", "struct thread_struct", {.since = v2_4_0}},
    {"fs", "struct fs_struct*"},
    {"files", "struct files_struct*"},
    {"mm", "struct mm_struct*", {.until = v2_2_1}},
    {"namespace", "struct namespace*", {.since = v2_4_18_14}},
    {"sigmask_lock", "spinlock_t"},
    {"sig", "struct signal_struct*"},
    {"signal", "sigset_t", {.until = v2_2_1}},
    {"blocked", "sigset_t"},
    {"sigqueue", "struct signal_queue*", {.until = v2_2_1}},
    {"sigqueue_tail", "struct signal_queue**", {.until = v2_2_1}},
    {"pending", "struct sigpending", {.since = v2_4_0}},
    {"sas_ss_sp", "long unsigned int"},
    {"sas_ss_size", "size_t"},
    {"notifier", "fn int(void*)*", {.since = v2_4_0}},
    {"notifier_data", "void*", {.since = v2_4_0}},
    {"notifier_mask", "sigset_t*", {.since = v2_4_0}},
    {"tux_info", "void*", {.vendor = Vendor::yes}},
    {"tux_exit", "fn void()*", {.vendor = Vendor::yes}},
    {"cpus_allowed_mask", "long unsigned int", {.vendor = Vendor::yes}},
    {"parent_exec_id", "u32", {.since = v2_4_0}},
    {"self_exec_id", "u32", {.since = v2_4_0}},
    {"alloc_lock", "spinlock_t", {.since = v2_4_0}},
    {"journal_info", "void*", {.since = v2_4_18_14}},
    {"requested_time", "int", {.vendor = Vendor::yes}},
    {"short_ticks_remaining", "int", {.vendor = Vendor::yes}},
    {"short_prio", "int", {.vendor = Vendor::yes}},
    {"scm_work_list", "struct list_head*", {.since = v2_4_37_11}},
};

constexpr Member signal_struct_rows[] = {
    {"count", "atomic_t"},
    {"action", "struct k_sigaction[64]"},
    {"siglock", "spinlock_t"},
};

constexpr Member signal_struct_mips_rows[] = {
    {"count", "atomic_t"},
    {"action", "struct k_sigaction[128]"},
    {"siglock", "spinlock_t"},
};

constexpr Member sigpending_rows[] = {
    {"head", "struct sigqueue*"},
    {"tail", "struct sigqueue**"},
    {"signal", "sigset_t"},
};

constexpr Member fs_struct_rows[] = {
    {"count", "atomic_t"},
    {"lock", "rwlock_t", {.since = v2_4_0}},
    {"umask", "int"},
    {"root", "struct dentry*"},
    {"pwd", "struct dentry*"},
    {"altroot", "struct dentry*", {.since = v2_4_0}},
    {"rootmnt", "struct vfsmount*", {.since = v2_4_0}},
    {"pwdmnt", "struct vfsmount*", {.since = v2_4_0}},
    {"altrootmnt", "struct vfsmount*", {.since = v2_4_0}},
};

constexpr Member files_struct_rows[] = {
    {"count", "atomic_t"},
    {"file_lock", "rwlock_t", {.since = v2_4_0}},
    {"max_fds", "int"},
    {"max_fdset", "int", {.since = v2_4_0}},
    {"next_fd", "int", {.since = v2_4_0}},
    {"fd", "struct file**"},
    {"close_on_exec", "fd_set", {.until = v2_2_1}},
    {"close_on_exec", "fd_set*", {.since = v2_4_0}},
    {"open_fds", "fd_set", {.until = v2_2_1}},
    {"open_fds", "fd_set*", {.since = v2_4_0}},
    {"close_on_exec_init", "fd_set", {.since = v2_4_0}},
    {"open_fds_init", "fd_set", {.since = v2_4_0}},
    {"fd_array", "struct file*[32]", {.since = v2_4_0, .arches = cpu::all_but(cpu::alpha | cpu::x86_64)}},
    {"fd_array", "struct file*[64]", {.arches = cpu::alpha | cpu::x86_64}},
};

constexpr Member exec_domain_rows[] = {
    {"name", "const char*"},
    {"handler", "lcall7_func"},
    {"pers_low", "unsigned char"},
    {"pers_high", "unsigned char"},
    {"signal_map", "long unsigned int*"},
    {"signal_invmap", "long unsigned int*"},
    {"module", "struct module*"},
    {"next", "struct exec_domain*"},
};

constexpr Member exec_domain_alpha_arm_sparc_rows[] = {
    {"name", "const char*"},
    {"handler", "handler_t"},
    {"pers_low", "unsigned char"},
    {"pers_high", "unsigned char"},
    {"signal_map", "long unsigned int*"},
    {"signal_invmap", "long unsigned int*"},
    {"err_map", "struct map_segment*"},
    {"socktype_map", "struct map_segment*"},
    {"sockopt_map", "struct map_segment*"},
    {"af_map", "struct map_segment*"},
    {"module", "struct module*"},
    {"next", "struct exec_domain*"},
};

constexpr Member linux_binfmt_rows[] = {
    {"next", "struct linux_binfmt*"},
    {"module", "struct module*"},
    {"load_binary", "fn int(struct linux_binprm*,struct pt_regs*)*"},
    {"load_shlib", "fn int(int)*", {.until = v2_2_1}},
    {"load_shlib", "fn int(struct file*)*", {.since = v2_4_0}},
    {"core_dump", "fn int(long int,struct pt_regs*)*", {.until = v2_2_1}},
    {"core_dump", "fn int(long int,struct pt_regs*,struct file*)*", {.since = v2_4_0}},
    {"min_coredump", "long unsigned int", {.since = v2_4_0}},
};

constexpr Member sigset_t_rows[] = {
    {"sig", "long unsigned int[2]"},
};

constexpr Member sigset_t_alpha_rows[] = {
    {"sig", "long unsigned int[1]"},
};

constexpr Member sigset_t_mips_rows[] = {
    {"sig", "long unsigned int[4]"},
};

constexpr Member mm_segment_t_rows[] = {
    {"seg", "long unsigned int"},
};

constexpr Member mm_segment_t_sparc_rows[] = {
    {"seg", "int"},
};

constexpr Structure table[] = {
    {"struct task_struct", task_struct_rows},
    {"struct signal_struct",
     signal_struct_rows,
     {.arches = cpu::i386 | cpu::alpha | cpu::arm | cpu::m68k | cpu::ppc | cpu::sparc | cpu::x86_64}},
    {"struct signal_struct", signal_struct_mips_rows, {.arches = cpu::mips}},
    {"struct sigpending", sigpending_rows, {.since = v2_4_0}},
    {"struct fs_struct", fs_struct_rows},
    {"struct files_struct", files_struct_rows},
    {"struct exec_domain", exec_domain_rows, {.until = v2_4_0}},
    {"struct exec_domain", exec_domain_alpha_arm_sparc_rows, {.since = v2_4_18_14}},
    {"struct linux_binfmt", linux_binfmt_rows},
    {"sigset_t", sigset_t_rows, {.arches = cpu::i386 | cpu::arm | cpu::m68k | cpu::ppc | cpu::sparc}},
    {"sigset_t", sigset_t_alpha_rows, {.arches = cpu::alpha | cpu::x86_64}},
    {"sigset_t", sigset_t_mips_rows, {.arches = cpu::mips}},
    {"mm_segment_t", mm_segment_t_rows, {.arches = cpu::i386 | cpu::alpha | cpu::m68k | cpu::mips | cpu::ppc | cpu::x86_64}},
    {"mm_segment_t", mm_segment_t_sparc_rows, {.arches = cpu::sparc}},
};

} // namespace

std::span<const Structure> task_structures() { return table; }

} // namespace retromod::layouts
